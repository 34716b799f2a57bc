"""What tests of screens share: sizes, languages, and a picture to look at."""

from __future__ import annotations

SIZES = [(80, 24), (160, 50)]
LANGUAGES = ["ja", "en"]

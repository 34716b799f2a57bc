"""`python -m range.exercise FOLDER`: the engine process of one exercise."""

from __future__ import annotations

import sys
from pathlib import Path

from range.exercise.process import main
from range.settings import settings

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), settings()))

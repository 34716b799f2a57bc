"""What browsers are served. All of it is read while there are files: soon there will be none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_OURS = "range.access.gateway"
_TERMINAL = "textual_serve"  # xterm.js and its fonts, as Textual's own web server has them


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    kind: str  # Content-Type
    content: bytes


_FILES = {
    "desk.js": (_OURS, "page/desk.js", "text/javascript; charset=utf-8"),
    "login.js": (_OURS, "page/login.js", "text/javascript; charset=utf-8"),
    "desk.css": (_OURS, "page/desk.css", "text/css; charset=utf-8"),
    "xterm.css": (_TERMINAL, "static/css/xterm.css", "text/css; charset=utf-8"),
    "terminal.js": (_TERMINAL, "static/js/textual.js", "text/javascript; charset=utf-8"),
    "mono.ttf": (_TERMINAL, "static/fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
}


def load_assets() -> Mapping[str, Asset]:
    """Read them all; name in the address -> file."""
    return {
        name: Asset(kind, resources.files(package).joinpath(path).read_bytes())
        for name, (package, path, kind) in _FILES.items()
    }

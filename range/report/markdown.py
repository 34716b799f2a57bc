"""Data into Markdown: whatever a trainee or guest wrote shows as the plain text it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from range.text import clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~&!$@])")
_LIMIT = 4000


class Markup(str):
    """Markdown that this program wrote; not escaped again."""


def escaped(value: Any) -> str:
    """Return data as inline Markdown: one line, no markup, no link that makes itself."""
    if isinstance(value, Markup):
        return str(value)
    text = " ".join(clean(str(value), _LIMIT).split())
    text = _SPECIAL.sub(r"\\\1", text)
    text = text.replace("://", ":\\//").replace("www.", "www\\.")
    # At the start of a line these would begin a list, a heading or a rule.
    return re.sub(r"^(?:(\d+)([.)])|([-+=]))(?=[\s=-]|$)", _neutral, text)


def paragraphs(value: str) -> Markup:
    """Return a text of several lines, its empty lines kept as breaks between paragraphs."""
    lines = clean(value, _LIMIT).split("\n")
    return Markup("\n".join(escaped(line) for line in lines))


def cell(parts: list[Any]) -> Markup:
    """Return several pieces of data as the lines of one table cell."""
    return Markup("<br>".join(escaped(part) for part in parts))


def code(value: Any) -> Markup:
    """Return data as inline code, in a fence longer than any it holds."""
    text = " ".join(clean(str(value), _LIMIT).split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return Markup(f"{fence}{pad}{text}{pad}{fence}")


def render(template: str, values: dict[str, Any]) -> str:
    """Render one of this package's templates; every expression in it is escaped."""
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: `finalize` escapes
    )
    environment.filters.update(cell=cell, code=code, paragraphs=paragraphs)
    return environment.get_template(template).render(values)


def _neutral(match: re.Match[str]) -> str:
    return f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}"

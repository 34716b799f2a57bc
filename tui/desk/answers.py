"""What a member typed, made ready to be handed in: full-width digits, dates as people write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tui.desk.line import Answers, Json

LINE = 500  # characters, as the engine bounds them
TEXT = 20_000
ITEMS = 100

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_HOUR = re.compile(r"(\d{1,2})[:時](\d{1,2})(?:[:分](\d{1,2})秒?|分)?")


def ready(form: Json, typed: Mapping[str, Any]) -> Answers:
    """Return the answers as the engine reads them; what is empty is left out."""
    answers: Answers = {}
    for name, field in form["fields"].items():
        value = _ready(str(field["kind"]), typed.get(name))
        if value not in ("", [], None):
            answers[name] = value
    return answers


def wrong(form: Json, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return field -> key of the words that say what is wrong; the engine has the last word."""
    found = {}
    for name, field in form["fields"].items():
        if name not in answers:
            if field.get("required", True):
                found[name] = "field-missing"
            continue
        what = _wrong(str(field["kind"]), answers[name])
        if what:
            found[name] = what
    return found


def refused_field(form: Json, text: Mapping[str, str]) -> str:
    """Return the field that the engine's refusal is about; "" when it is about none."""
    english = text.get("en", "")
    for name, field in form["fields"].items():
        if english.startswith(f"{field['label']['en']} ({name})"):
            return str(name)
    return ""


def _ready(kind: str, value: Any) -> Any:
    if kind in ("choice", "choices"):
        return value
    text = str(value or "")
    match kind:
        case "text":
            return text.strip("\n") if text.strip() else ""
        case "list":
            return [item.strip() for item in text.split("\n") if item.strip()]
        case "number":
            return unicodedata.normalize("NFKC", text).replace(",", "").strip()
        case "time":
            return _time(text)
    return text.strip()


def _time(text: str) -> str:
    """Write `2026年4月1日 9時5分` or `2026/4/1 9:05` as 2026-04-01 09:05; the rest as it is."""
    text = unicodedata.normalize("NFKC", text).strip()
    day = _DAY.match(text)
    if day is None:
        return text
    hour = _HOUR.fullmatch(text[day.end() :].strip().removeprefix("T").strip())
    if hour is None:
        return text
    date = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    seconds = f":{int(hour[3]):02}" if hour[3] else ""
    return f"{date} {int(hour[1]):02}:{int(hour[2]):02}{seconds}"


def _wrong(kind: str, value: Any) -> str:
    match kind:
        case "number":
            return "" if _is_number(value) else "field-number"
        case "time":
            return "" if _is_time(value) else "field-time"
        case "text":
            return "field-long" if len(value) > TEXT else ""
        case "list":
            return "field-items" if len(value) > ITEMS else ""
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True

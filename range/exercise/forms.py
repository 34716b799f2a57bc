"""What a team hands in, checked against its form. Data of trainees: bounded and cleaned here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from range.errors import CyderError
from range.scenario.check import Form, FormField
from range.scenario.model import Text
from range.text import clean, line

LINE = 500
TEXT = 20_000
ITEMS = 100


class Refused(CyderError):
    """The desk refuses; `text` says why, to the team, in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(ja=ja, en=en)


def filled_in(form: Form, answers: Any) -> dict[str, Any]:
    """Return clean answers to a form; Refused says which field is wrong and how."""
    if not isinstance(answers, Mapping):
        raise Refused("回答がありません。", "There are no answers.")
    for name in answers:
        if name not in form.fields:
            known = ", ".join(form.fields)
            said = line(str(name), 60)
            raise Refused(f"「{said}」という欄はありません。欄: {known}",
                          f"There is no field {said}; fields: {known}")  # fmt: skip
    clean_answers: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = answers.get(name)
        if value is None or value in ("", []):
            if field.required:
                raise Refused(f"「{field.label.ja}」を記入してください。",
                              f"{field.label.en} ({name}) is missing.")  # fmt: skip
            continue
        clean_answers[name] = _answer(name, field, value)
    return clean_answers


def begun(form: Form, answers: Any) -> dict[str, Any]:
    """Return what a draft of a form holds: bounded and clean as answers are, but not yet right."""
    if not isinstance(answers, Mapping):
        raise Refused("回答がありません。", "There are no answers.")
    kept: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = answers.get(name)
        if value is None or value in ("", []):
            continue
        if isinstance(value, list | tuple):
            items = _items(name, field, value)
            kept[name] = [line(_string(name, field, item), LINE) for item in items]
        else:
            several = field.kind in ("text", "list", "choices")
            text = _string(name, field, value)
            kept[name] = clean(text, TEXT) if several else line(text, LINE)
    return kept


def _answer(name: str, field: FormField, value: Any) -> Any:
    match field.kind:
        case "line":
            return line(_string(name, field, value), LINE)
        case "text":
            return clean(_string(name, field, value), TEXT)
        case "choice":
            return _choice(name, field, value)
        case "choices":
            return [_choice(name, field, item) for item in _items(name, field, value)]
        case "number":
            return _number(name, field, value)
        case "time":
            return _time(name, field, value)
        case "list":
            items = [_string(name, field, item) for item in _items(name, field, value)]
            return [kept for item in items if (kept := line(item, LINE))]


def _wrong(name: str, field: FormField, ja: str, en: str) -> Refused:
    return Refused(f"「{field.label.ja}」: {ja}", f"{field.label.en} ({name}): {en}")


def _string(name: str, field: FormField, value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise _wrong(name, field, "文字で記入してください。", "write text.")


def _choice(name: str, field: FormField, value: Any) -> str:
    choices = field.choices or {}
    if isinstance(value, str) and value in choices:
        return value
    known = ", ".join(choices)
    raise _wrong(name, field, f"次から選んでください: {known}", f"choose one of: {known}")


def _items(name: str, field: FormField, value: Any) -> list[Any]:
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise _wrong(name, field, "一覧で記入してください。", "give a list.")
    if len(items) > ITEMS:
        raise _wrong(name, field, f"{ITEMS} 件までです。", f"at most {ITEMS} items.")
    return list(items)


def _number(name: str, field: FormField, value: Any) -> float:
    try:
        number = float(str(value).replace(",", "").strip())
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or abs(number) > 1e15:
        raise _wrong(name, field, "数を記入してください。", "give a number.")
    return number


def _time(name: str, field: FormField, value: Any) -> str:
    text = line(_string(name, field, value), 60)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(name, field, "時刻は 2026-04-01 09:30 のように記入してください。",
                     "write the time like 2026-04-01 09:30.") from None  # fmt: skip
    return text

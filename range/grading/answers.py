"""Answers of reports against what is true. What trainees write is data: compared, never run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from range.scenario.check import Answer
from range.scenario.model import FactRef, SecretRef
from range.text import line

_MINUTE = 60  # tolerance of times where an answer names none: people write minutes
_SEPARATORS = re.compile(r"[\n,、;]+")
_CLOCK = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?")


class Unknown(Exception):
    """What is true is not known. `reached` is False where the exercise never came there."""

    def __init__(self, detail: str, *, reached: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reached = reached


@dataclass(frozen=True)
class Credit:
    """What an answer is worth, in [0, 1], and why in one line."""

    credit: float
    detail: str


Resolve = Callable[[Any], Any]


def resolver(
    facts: Mapping[str, Mapping[str, Any]],
    outcomes: Mapping[str, set[str]],
    secrets: Mapping[str, str],
) -> Resolve:
    """Return a function that replaces references by facts and secrets; it raises `Unknown`."""

    def resolve(value: Any) -> Any:
        if isinstance(value, FactRef):
            try:
                return facts[value.inject][value.fact]
            except KeyError:
                ended = outcomes.get(value.inject, set())
                detail = f"{value.inject} recorded no fact {value.fact}"
                reached = bool(ended & {"succeeded", "delivered", "error"})
                raise Unknown(detail, reached=reached) from None
        if isinstance(value, SecretRef):
            if value.secret not in secrets:
                raise Unknown(f"the log holds no secret {value.secret}", reached=True)
            return secrets[value.secret]
        return value

    return resolve


def assess(answer: Answer, given: Any, resolve: Resolve, zone: ZoneInfo) -> Credit:
    """Compare what was handed in with what is true; `Unknown` where that is not known."""
    if answer.time is not None:
        return _time(resolve(answer.time), given, answer.tolerance, zone)
    if answer.number is not None:
        return _number(resolve(answer.number), given, answer.margin)
    if answer.set is not None:
        return _set([resolve(item) for item in answer.set], given)
    wishes = answer.among if answer.among is not None else (answer.exact,)
    return _among([resolve(wish) for wish in wishes], given)


def plain(value: Any) -> str:
    """Text as it is compared: NFKC, folded case, single spaces, trimmed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


def items(given: Any) -> set[str]:
    """What a list holds, compared as texts; a text is split at line ends and commas."""
    parts = given if isinstance(given, list | tuple) else _SEPARATORS.split(str(given))
    return {text for part in parts if (text := plain(part))}


def moment(text: Any, zone: ZoneInfo, near: datetime | None = None) -> datetime | None:
    """Read a time: ISO 8601, Unix seconds, or a bare clock time on the day of `near`."""
    written = unicodedata.normalize("NFKC", str(text)).strip()
    written = re.sub(r"[年月/]", "-", written).replace("日", " ")
    written = re.sub(r"\s*時\s*", ":", written)
    written = re.sub(r"\s*分\s*(?=\d)", ":", written).replace("分", "").replace("秒", "")
    written = re.sub(r":$", ":00", written.strip())
    try:
        if _EPOCH.fullmatch(written):
            return datetime.fromtimestamp(float(written), zone)
        clock = _CLOCK.fullmatch(written)
        if clock and near is not None:
            hour, minute, second = (int(part or 0) for part in clock.groups())
            return near.astimezone(zone).replace(
                hour=hour, minute=minute, second=second, microsecond=0
            )
        padded = re.sub(r"(?<!\d)(\d)(?=[-:T ]|$)", r"0\1", " ".join(written.split()))
        read = datetime.fromisoformat(padded)
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _among(wishes: list[Any], given: Any) -> Credit:
    right = plain(given) in {plain(wish) for wish in wishes}
    return Credit(float(right), _told(given, " / ".join(str(wish) for wish in wishes), right))


def _set(wishes: list[Any], given: Any) -> Credit:
    wanted, found = {plain(wish) for wish in wishes}, items(given)
    hits = len(wanted & found)
    if not hits:
        return Credit(0.0, _told(given, ", ".join(sorted(wanted)), False))
    credit = 2 * hits / (len(wanted) + len(found))  # F1 = 2TP / (2TP + FP + FN)
    if credit == 1:
        return Credit(1.0, _told(given, "", True))
    missed, extra = sorted(wanted - found), sorted(found - wanted)
    return Credit(
        credit,
        line(f"F1 {credit:.2f}; missing: {', '.join(missed)}; not so: {', '.join(extra)}", 300),
    )


def _number(wish: Any, given: Any, margin: float) -> Credit:
    wanted, found = _float(wish), _float(given)
    if wanted is None:
        raise Unknown(f"{line(str(wish), 60)} is no number", reached=True)
    # A margin of 0.1 must take in 1.1 against 1.0, whatever binary fractions make of it.
    right = found is not None and abs(found - wanted) <= margin + 1e-9 * max(1.0, abs(wanted))
    told = f"{wanted:g}" + (f" +/- {margin:g}" if margin else "")
    return Credit(float(right), _told(given, told, right))


def _float(value: Any) -> float | None:
    written = unicodedata.normalize("NFKC", str(value)).replace(",", "").replace(" ", "")
    match = re.match(r"[+-]?\d+(?:\.\d+)?", written)
    return float(match[0]) if match else None


def _time(wish: Any, given: Any, tolerance: int | None, zone: ZoneInfo) -> Credit:
    wanted = moment(wish, zone)
    if wanted is None:
        raise Unknown(f"{line(str(wish), 60)} is no time", reached=True)
    allowed = timedelta(seconds=_MINUTE if tolerance is None else tolerance)
    found = moment(given, zone, near=wanted)
    right = found is not None and abs(found - wanted) <= allowed
    told = f"{wanted.astimezone(zone).isoformat(sep=' ', timespec='seconds')}"
    return Credit(float(right), _told(given, f"{told} +/- {int(allowed.total_seconds())} s", right))


def _told(given: Any, wanted: str, right: bool) -> str:
    shown = ", ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)
    answer = f'"{line(shown, 120)}"'
    return answer if right else f"{answer}; expected {line(wanted, 160)}"

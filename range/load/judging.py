"""Second pass over what the team is asked and judged by: checks, forms, hints."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from range.load.parts import Names, Path_
from range.load.probes import check_probe
from range.load.story import moment
from range.load.wording import short, suggest
from range.scenario.check import Answer, Check, Claim, Combine, FormField

_WANTED = {
    "exact": ("line", "text", "choice", "number"),
    "among": ("line", "text", "choice", "number"),
    "set": ("list", "choices"),
    "number": ("number",),
    "time": ("time",),
    "rubric": ("line", "text", "list"),
}


def judging(names: Names) -> None:
    """Check the time zone, checks, forms and hints."""
    try:
        ZoneInfo(names.scenario.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = short(names.scenario.timezone)
        names.tell(("timezone",), f"no time zone {zone}; write one like Asia/Tokyo")
    for name, check in names.scenario.checks.items():
        if name in names.known("checks"):  # not a stand-in
            _check(names, name, check)
    for name, form in names.scenario.forms.items():
        names.need("people", form.to, ("forms", name, "to"))
        if form.opens is not None:
            moment(names, form.opens, ["forms", name, "opens"])
    _hints(names)


def _check(names: Names, name: str, check: Check) -> None:
    path = ["checks", name]
    names.need("objectives", check.objective, [*path, "objective"])
    for key in ("starts", "ends", "requires", "applies"):
        value = getattr(check, key)
        if value is not None:
            moment(names, value, [*path, key])
    if check.goal is not None:
        moment(names, check.goal.since, [*path, "goal", "since"])
    if check.probe is not None:
        check_probe(names, check.probe, check.expect, path)
    if check.answer is not None:
        _answer(names, check.answer, [*path, "answer"])
    if check.order is not None:
        moment(names, check.order.first, [*path, "order", "first"])
        moment(names, check.order.then, [*path, "order", "then"])
    if check.claim is not None:
        _claim(names, check.claim, [*path, "claim"])
    if check.combine is not None:
        _combine(names, check.combine, [*path, "combine"])


def _field(names: Names, form: str, field: str, path: Path_) -> FormField | None:
    if not names.need("forms", form, [*path, "form"]):
        return None
    known = names.scenario.forms.get(form)
    if known is None:
        return None
    if field not in known.fields:
        names.tell(
            [*path, "field"],
            f"form '{form}' has no field {short(field)}; {suggest(field, known.fields, 'it has')}",
        )
        return None
    return known.fields[field]


def _answer(names: Names, answer: Answer, path: Path_) -> None:
    kind = next(key for key in _WANTED if getattr(answer, key) is not None)
    field = _field(names, answer.form, answer.field, path)
    if field is not None and field.kind not in _WANTED[kind]:
        names.tell(
            [*path, kind],
            f"field '{answer.field}' is of kind {field.kind}, which has no {kind}; "
            f"{suggest('', [key for key, kinds in _WANTED.items() if field.kind in kinds], 'use')}",
            key=True,
        )
    if answer.tolerance is not None and kind != "time":
        names.tell(
            [*path, "tolerance"], "only a time has a tolerance; for a number use margin", key=True
        )
    if answer.margin and kind != "number":
        names.tell(
            [*path, "margin"], "only a number has a margin; for a time use tolerance", key=True
        )
    for value, spot in _values(answer, kind, path):
        names.value(value, spot)
        if field is not None and field.choices is not None and isinstance(value, str):
            _choice(names, field, value, spot)


def _values(answer: Answer, kind: str, path: Path_) -> Iterable[tuple[object, list[str | int]]]:
    wanted = getattr(answer, kind)
    if isinstance(wanted, tuple):
        return [(item, [*path, kind, number]) for number, item in enumerate(wanted)]
    return [(wanted, [*path, kind])]


def _choice(names: Names, field: FormField, value: str, path: Path_) -> None:
    choices = field.choices or {}
    if value not in choices:
        names.tell(path, f"{short(value)} is no choice of this field; {suggest(value, choices)}")


def _claim(names: Names, claim: Claim, path: Path_) -> None:
    field = _field(names, claim.form, claim.field, path)
    names.value(claim.equals, [*path, "equals"])
    if field is not None and field.choices is not None and isinstance(claim.equals, str):
        _choice(names, field, claim.equals, [*path, "equals"])
    for number, check in enumerate(claim.true_when):
        names.need("checks", check, [*path, "true_when", number])


def _combine(names: Names, combine: Combine, path: Path_) -> None:
    for key in ("all", "any", "of"):
        for number, check in enumerate(getattr(combine, key) or ()):
            names.need("checks", check, [*path, key, number])
    if combine.not_ is not None:
        names.need("checks", combine.not_, [*path, "not"])
    if combine.of is not None and combine.at_least is not None:
        count = len(combine.of)
        if combine.at_least > count:
            names.tell(
                [*path, "at_least"], f"more than the {count} checks of 'of'; give {count} at most"
            )


def _hints(names: Names) -> None:
    tiers: dict[tuple[str, int], str] = {}
    for name, hint in names.scenario.hints.items():
        path = ["hints", name]
        names.need("objectives", hint.objective, [*path, "objective"])
        if hint.opens is not None:
            moment(names, hint.opens, [*path, "opens"])
        other = tiers.setdefault((hint.objective, hint.tier), name)
        if other != name:
            names.tell(
                [*path, "tier"],
                f"hint '{other}' is tier {hint.tier} of '{hint.objective}' too; give another tier",
                key=True,
            )
    broken = len(names.known("hints")) != len(names.scenario.hints)
    for (objective, tier), name in tiers.items():
        if tier > 1 and (objective, tier - 1) not in tiers and not broken:
            names.tell(
                ["hints", name, "tier"],
                f"tier {tier} of '{objective}' without a tier {tier - 1}; add it, or lower this",
            )

"""`expected.yaml` beside a scenario: its shape, its responders, the checks that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from range.errors import Problem
from range.load.document import read
from range.load.shape import validate
from range.load.source import shown
from range.load.wording import short, suggest
from range.scenario.expected import Expectation, Expected


def read_expected(
    folder: Path,
    responders: Sequence[Path],
    checks: Mapping[str, Any] | None,
    problems: list[Problem],
) -> dict[str, Expectation]:
    """Read what each responder must end with; `checks` is None where they are not known."""
    path = folder / "expected.yaml"
    if not (path.exists() or path.is_symlink()):
        return {}
    before = len(problems)
    document = read(path, shown(path), problems, inside=(folder,))
    if len(problems) > before:
        return {}
    expected = validate(Expected, document.data, document.problem, problems)
    if expected is None:
        return {}
    known = ["idle", *(file.stem for file in responders)]
    for name, expectation in expected.root.items():
        if name not in known:
            message = f"no responder {short(name)}; {suggest(name, known)}"
            problems.append(document.problem((name,), message, key=True))
        for number, check in enumerate(expectation.fails):
            if checks is not None and check not in checks:
                message = f"no check {short(check)}; {suggest(check, checks)}"
                problems.append(document.problem((name, "fails", number), message))
    for name in known[1:]:
        if name not in expected.root:
            message = f"nothing is expected of {name}.yaml; add '{name}'"
            problems.append(document.problem((), message, key=True))
    return dict(expected.root)

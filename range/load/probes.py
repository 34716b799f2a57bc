"""Second pass over a probe and what is expected of its observation."""

from __future__ import annotations

from collections.abc import Mapping

from range.load.parts import Names, Path_
from range.load.wording import short, suggest
from range.scenario.probe import OBSERVES, Condition, HttpProbe, MailProbe, Probe, SmbProbe


def check_probe(names: Names, probe: Probe, expect: Mapping[str, Condition], path: Path_) -> None:
    """Check where a probe starts, what it is given, and which fields are expected."""
    spot = [*path, "probe"]
    start = getattr(probe, "from_", None)
    if start is not None:
        names.need_place(start, [*spot, "from"])
    node = getattr(probe, "node", None)
    if node is not None:
        names.need_node(node, [*spot, "node"])
    if isinstance(probe, HttpProbe | MailProbe | SmbProbe):
        names.value(probe.user, [*spot, "user"])
        names.value(probe.password, [*spot, "password"])
    if isinstance(probe, HttpProbe):
        for number, request in enumerate(probe.requests):
            below = [*spot, "requests", number]
            for key, values in (("headers", request.headers), ("form", request.form or {})):
                for name, value in values.items():
                    names.value(value, [*below, key, name])
    _expected(names, probe.kind, expect, [*path, "expect"])


def _expected(names: Names, kind: str, expect: Mapping[str, Condition], path: Path_) -> None:
    fields = OBSERVES[kind]
    for name, condition in expect.items():
        if name not in fields:
            message = f"a {kind} probe observes no {short(name)}; {suggest(name, fields, 'it has')}"
            names.tell([*path, name], message, key=True)
        if not condition.model_fields_set:
            names.tell(
                [*path, name], "no condition; write equals, contains, at_least, ...", key=True
            )

"""Second pass over the story: injects, what they run, users, blockers."""

from __future__ import annotations

from collections.abc import Mapping

from range.load.parts import Names, Path_
from range.load.probes import check_probe
from range.load.wording import short, suggest
from range.scenario.inject import Inject, Message, Procedure, ProcedureUse
from range.scenario.model import FactRef
from range.scenario.moment import Moment


def story(names: Names) -> None:
    """Check injects, then benign users, then blockers and procedures."""
    for name, inject in names.scenario.injects.items():
        _inject(names, name, inject)
    for name, user in names.scenario.users.items():
        path = ("users", name)
        names.need_node(user.node, [*path, "node"])
        if user.every[0] > user.every[1]:
            names.tell([*path, "every"], "the shortest pause is longer than the longest; swap them")
        procedure = _procedure(names, user.procedure, "green", path)
        if procedure is not None:
            _variables(names, procedure, user.vars, path)
            if any(step.c2 is not None for step in procedure.steps):
                names.tell(
                    [*path, "procedure"],
                    f"'{user.procedure}' has c2 steps, and a user has no implant; take another",
                )
    for name, blocker in names.scenario.blockers.items():
        check_probe(names, blocker.probe, blocker.expect, ["blockers", name])
    for name, procedure in names.parts.procedures.items():
        for variable, value in procedure.vars.items():
            if not isinstance(value, str | int | float | bool | None):
                _shared_value(names, name, variable)


def _shared_value(names: Names, procedure: str, variable: str) -> None:
    message = f"'{variable}' names a secret or fact of one scenario; leave null, and give it there"
    problem = names.parts.documents[procedure].problem(("vars", variable), message)
    names.problems.append(problem)


def _inject(names: Names, name: str, inject: Inject) -> None:
    path = ("injects", name)
    duration = names.scenario.duration
    if inject.at is not None and inject.at > duration:
        names.tell(
            [*path, "at"], f"{clock(inject.at)} is after the end, {clock(duration)}; move it"
        )
    if inject.expires is not None:
        if inject.expires > duration:
            names.tell(
                [*path, "expires"],
                f"{clock(inject.expires)} is after the end, {clock(duration)}; leave expires out",
            )
        if inject.at is not None and inject.expires <= inject.at:
            names.tell(
                [*path, "expires"], f"expires before it comes at {clock(inject.at)}; make it later"
            )
    if inject.after is not None:
        moment(names, inject.after, [*path, "after"])
    for number, blocked in enumerate(inject.unless):
        moment(names, blocked, [*path, "unless", number])
    if inject.objective is not None:
        names.need("objectives", inject.objective, [*path, "objective"])
    if inject.message is not None:
        _message(names, inject.message, [*path, "message"])
    if inject.attack is not None:
        _use(names, inject.attack, "red", [*path, "attack"])
    if inject.event is not None:
        _use(names, inject.event, "green", [*path, "event"])


def clock(seconds: int) -> str:
    """An exercise time as authors write it."""
    hours, rest = divmod(seconds, 3600)
    tail = f":{rest % 60:02d}" if rest % 60 else ""
    return f"T+{hours:02d}:{rest // 60:02d}{tail}"


def moment(names: Names, moment: Moment, path: Path_) -> None:
    """Check what a moment waits for, and that it can come."""
    if moment.inject is not None and names.need("injects", moment.inject, [*path, "inject"]):
        _outcome(names, moment, path)
    if moment.form is not None:
        names.need("forms", moment.form, [*path, "form"])
    if moment.check is not None:
        names.need("checks", moment.check, [*path, "check"])
    if moment.hint is not None:
        names.need("hints", moment.hint, [*path, "hint"])


def _outcome(names: Names, moment: Moment, path: Path_) -> None:
    inject = names.scenario.injects.get(moment.inject or "")
    if inject is None or moment.outcome in ("done", "error"):
        return
    if inject.message is not None and moment.outcome != "delivered":
        wrong = f"a message is never {moment.outcome}; write delivered, or leave outcome out"
    elif inject.use is not None and moment.outcome == "delivered":
        wrong = "a procedure is never delivered; write succeeded, prevented or done"
    elif moment.outcome == "prevented" and inject.use and not inject.use.prevented_by:
        wrong = (
            f"'{moment.inject}' can never end as prevented: it names no blockers; "
            "give it prevented_by"
        )
    else:
        return
    names.tell([*path, "outcome"], wrong)


def _message(names: Names, message: Message, path: Path_) -> None:
    people = names.scenario.people
    names.need("people", message.from_, [*path, "from"])
    sender = people.get(message.from_)
    mail = names.scenario.mail
    by_mail = message.channel == "e-mail"
    if by_mail and mail is None and "mail" not in names.parts.source.data:
        names.tell([*path, "channel"], "the scenario has no mail server; add mail, or use chat")
    if by_mail and sender is not None and (sender.mail is None or sender.seat is None):
        lacks = " and ".join(key for key in ("mail", "seat") if getattr(sender, key) is None)
        names.tell(
            [*path, "from"], f"'{message.from_}' cannot send e-mail; give that person {lacks}"
        )
    for number, name in enumerate(message.to):
        spot = [*path, "to", number]
        if not names.need("people", name, spot) or not by_mail:
            continue
        person = people.get(name)
        if person is None:
            continue
        if person.mail is None:
            names.tell(spot, f"'{name}' has no mail address; give that person mail")
        elif mail is not None and person.mail.partition("@")[2] not in mail.domains:
            names.tell(
                spot,
                f"{person.mail} is not at the organisation's server "
                f"({', '.join(mail.domains)}); write to someone who is",
            )


def _use(names: Names, use: ProcedureUse, side: str, path: Path_) -> None:
    names.need_node(use.node, [*path, "node"])
    if use.session is not None:
        names.need_node(use.session, [*path, "session"])
    for number, blocker in enumerate(use.prevented_by):
        names.need("blockers", blocker, [*path, "prevented_by", number])
    for name, value in use.vars.items():
        if isinstance(value, FactRef) and value.inject == path[1]:
            message = (
                f"'{value.inject}' records its facts only when it has ended; name an earlier one"
            )
            names.tell([*path, "vars", name], message)
    procedure = _procedure(names, use.procedure, side, path)
    if procedure is None:
        return
    if use.session is None and any(step.c2 is not None for step in procedure.steps):
        names.tell(
            path, f"'{use.procedure}' has c2 steps; add session, the implant's node", key=True
        )
    if side == "red" and use.technique is None and procedure.technique is None:
        names.tell(path, f"neither this nor '{use.procedure}' has a technique; add it", key=True)
    _variables(names, procedure, use.vars, path)


def _procedure(names: Names, name: str, side: str, path: Path_) -> Procedure | None:
    spot = [*path, "procedure"]
    if name not in names.parts.known_procedures:
        names.tell(
            spot, f"no procedure {short(name)}; {suggest(name, names.parts.known_procedures)}"
        )
        return None
    procedure = names.parts.procedures.get(name)
    if procedure is not None and procedure.side != side:
        takes = "an attack takes red ones" if side == "red" else "events and users take green ones"
        names.tell(spot, f"'{name}' is a {procedure.side} procedure; {takes}")
    return procedure


def _variables(
    names: Names, procedure: Procedure, given: Mapping[str, object], path: Path_
) -> None:
    for name, value in given.items():
        if name not in procedure.vars:
            known = suggest(name, procedure.vars, "it has")
            message = f"procedure '{procedure.procedure}' has no variable {short(name)}; {known}"
            names.tell([*path, "vars", name], message, key=True)
        names.value(value, [*path, "vars", name])
    missing = [
        name for name, value in procedure.vars.items() if value is None and name not in given
    ]
    if missing:
        names.tell(
            [*path, "vars"] if given else path,
            f"procedure '{procedure.procedure}' needs {', '.join(missing)}; add to vars",
            key=True,
        )

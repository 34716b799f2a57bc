"""One desk, from its first word to its last; runs in a process of its own."""

from __future__ import annotations

import io
import os
import socket

from tui.desk.app import DeskApp
from tui.desk.line import Visit
from tui.desk.wire import SocketLine, Start, say_end

_LAST_WORDS = 4000  # characters of what a desk that failed says


def sit(end: socket.socket, errors: io.StringIO) -> None:
    """Run a desk on this process's terminal; `errors` is where it prints why it failed."""
    start = Start.read(end)
    os.environ["TERM"] = start.term
    os.environ.pop("COLORTERM", None)
    if start.true_colour:
        os.environ["COLORTERM"] = "truecolor"
    last = end.dup()
    try:
        app = DeskApp(
            SocketLine(end),
            team=start.team,
            member=start.member,
            language=start.language,
            nodes=start.nodes,
            door=start.door,
            kept=start.kept,
            wide_ambiguous=start.wide_ambiguous,
        )
        result = app.run()
        if app.return_code:
            say_end(last, {"crashed": errors.getvalue()[-_LAST_WORDS:]})
        elif isinstance(result, Visit):
            say_end(last, {"visit": result.node, "kept": result.kept.as_json()})
        else:
            say_end(last, {"left": True})
    except BaseException as error:
        said = f"{type(error).__name__}: {error}\n{errors.getvalue()}"
        say_end(last, {"crashed": said[-_LAST_WORDS:]})
        raise

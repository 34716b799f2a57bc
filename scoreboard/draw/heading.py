"""The top of the board: which exercise, what time it is, and how the board is not a live one."""

from __future__ import annotations

from scoreboard.draw.cells import Line, Piece, clock, ends
from scoreboard.face import Face
from scoreboard.source import Source
from scoreboard.stage import Stage
from scoreboard.words import SAY
from tui.look.text import fit
from tui.look.theme import BAD, CARE, QUIET, STRONG


def lines(
    stage: Stage,
    source: Source,
    face: Face,
    cells: int,
    *,
    view: str,
    rotating: bool,
    trouble: str,
    pages: tuple[int, int],
) -> list[Line]:
    """Return two rows. Whatever keeps the board from being live stands in the second, in words."""
    board, language = stage.board, face.language
    state = board.state if stage.frozen is None else source.live.state
    now = source.clock
    time = clock(board.end) if now is None else f"{clock(now)} / {clock(board.end)[2:]}"
    told = SAY.say(state, language)
    first = ends(
        [(board.title.in_(language), STRONG)], [(f"{told}  ", CARE), (time, STRONG)], cells
    )
    flags: list[Piece] = []
    if trouble:
        flags.append((SAY.say("broken", language, why=fit(trouble, cells - 20)), f"bold {BAD}"))
    if stage.frozen is not None:
        at = "-" if stage.since is None else clock(stage.since)
        flags.append((SAY.say("frozen", language, at=at), f"bold {CARE}"))
    if source.delay:
        minutes = f"{source.delay / 60:.3g}"
        flags.append((SAY.say("delayed", language, minutes=minutes), CARE))
    if face.names is not None:
        flags.append((SAY.say("pseudonyms-on", language), QUIET))
    if not face.ranks:
        flags.append((SAY.say("unranked", language), QUIET))
    if board.state != "over" and board.now is not None:
        flags.append((SAY.say("provisional-all", language), QUIET))
    if board.state == "over" and any(team.grade.provisional for team in board.teams):
        flags.append((SAY.say("provisional-some", language), QUIET))
    where = [SAY.say(view, language)]
    if pages[1] > 1:
        where.append(SAY.say("pages", language, page=pages[0], pages=pages[1]))
    if rotating:
        where.append(SAY.say("rotating", language))
    spaced = [piece for flag in flags for piece in (flag, ("  ", ""))]
    return [first, ends(spaced, [("  ".join(where), QUIET)], cells)]

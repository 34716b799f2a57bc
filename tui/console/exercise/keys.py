"""The keys of the console during an exercise, and which of them the footer shows in which view."""

from __future__ import annotations

from textual.binding import Binding

VIEWS = ("msel", "teams", "feed", "calls", "reports", "marks", "nodes", "notes", "debrief")

# What the footer shows in a view; every other key works as well, and help lists it.
SHOWN: dict[str, tuple[str, ...]] = {
    "msel": ("fire", "skip", "hold", "release", "retime", "contingency", "pause"),
    "teams": ("open", "message", "note", "next_scope", "pause"),
    "feed": ("follow", "group", "find", "open", "next_scope"),
    "calls": ("call", "message", "note", "next_scope"),
    "reports": ("sideways(1)", "open", "mark", "next_scope"),
    "marks": ("mark", "open", "awaiting", "find", "next_scope"),
    "nodes": ("reset", "snapshot", "revert", "shell", "find", "next_scope"),
    "notes": ("note", "message", "next_scope"),
    "debrief": ("end", "report", "open", "down"),
}

KEYS: list[Binding] = [
    Binding("f", "fire", "x-fire"),
    Binding("k", "skip", "x-skip"),
    Binding("h", "hold", "x-hold"),
    Binding("r", "release", "x-release"),
    Binding("t", "retime", "x-retime"),
    Binding("c", "contingency", "x-contingency"),
    Binding("u", "decide", "x-decide"),
    Binding("m", "message", "x-message"),
    Binding("n", "note", "x-note"),
    Binding("a", "call", "x-call"),
    Binding("g", "mark", "x-mark"),
    Binding("y", "awaiting", "x-awaiting"),
    Binding("z", "reset", "x-reset"),
    Binding("b", "snapshot", "x-snapshot"),
    Binding("B", "revert", "x-revert"),
    Binding("l", "shell", "x-shell"),
    Binding("space", "follow", "x-follow"),
    Binding("w", "group", "x-group"),
    Binding("greater_than_sign", "sideways(1)", "x-next-teams"),
    Binding("less_than_sign", "sideways(-1)", "x-previous-teams"),
    Binding("s", "start", "x-start"),
    Binding("p", "pause", "x-pause"),
    Binding("x", "extend", "x-extend"),
    Binding("e", "end", "x-end"),
    Binding("v", "report", "x-report"),
    Binding("D", "down", "x-down"),
    Binding("R", "resume_engine", "x-resume-engine"),
    Binding("right_square_bracket", "next_scope(1)", "x-next-scope"),
    Binding("left_square_bracket", "next_scope(-1)", "x-previous-scope"),
    Binding("slash", "find", "x-find"),
    Binding("enter,o", "open", "x-open"),
    *(
        Binding(str(number), f"view('{name}')", f"x-tab-{name}")
        for number, name in enumerate(VIEWS, 1)
    ),
    Binding("escape", "back", "back"),
]

# Action -> key of the words that say what it does.
DESCRIBED = {binding.action: binding.description for binding in KEYS}

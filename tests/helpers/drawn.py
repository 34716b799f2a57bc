"""Drawn stories: exercises of one team in which anything happens, for tests of properties."""

from hypothesis import strategies as st
from stories import Story, answered, bundle, probed, text

from range.events.event import Kind

GOAL = {"since": {"inject": "A1"}, "within": "5m", "limit": "30m"}
VALUED = ("final", "first", "held", "availability")
SCENARIO = bundle(
    {
        **{f"p-{valued}": probed("act", valued=valued, weight=2) for valued in VALUED},
        "goal": probed("observe", goal=GOAL),
        "goal-first": probed("observe", goal=GOAL, valued="first"),
        "goal-held": probed("observe", goal=GOAL, valued="held"),
        "late": probed("decide", starts={"inject": "A1"}, requires={"form": "report"}),
        "lost": probed("act", penalty=12, valued="held"),
        "lost-up": probed("act", penalty=20, valued="availability"),
        "host": answered(exact="pc-1"),
        "list": answered("list", "orient", set=["a", "b", "c"]),
        "free": answered("free", "decide", rubric=text()),
        "all": {
            "title": text(),
            "objective": "orient",
            "combine": {"all": ["p-final", "host", "goal"]},
            "goal": GOAL,
        },
        "some": {
            "title": text(),
            "objective": "orient",
            "combine": {"of": ["p-first", "list", "p-held"], "at_least": 2},
        },
        "claim": {
            "title": text(),
            "objective": "decide",
            "claim": {
                "form": "report",
                "field": "fixed",
                "equals": "yes",
                "true_when": ["p-final", "lost"],
            },
        },
    }
)
PROBED = [name for name, check in SCENARIO.scenario.checks.items() if check.probe]

looks = st.tuples(
    st.just("look"), st.sampled_from(PROBED), st.sampled_from([True, False, False, None])
)
reports = st.tuples(
    st.just("report"),
    st.sampled_from(["pc-1", "pc-2", ""]),
    st.lists(st.sampled_from("abcxyz"), max_size=5),
)
others = st.sampled_from(
    [("inject", "succeeded", 0), ("inject", "prevented", 0), ("hint", "", 0), ("revert", "", 0)]
)
marks = st.tuples(st.just("mark"), st.sampled_from(["free", "goal"]), st.floats(0, 1))
acts = st.one_of(looks, looks, looks, reports, others, marks)
stories = st.lists(st.tuples(st.integers(0, 3000), acts), max_size=40)


def told(story: list, *, ends: bool = True) -> Story:
    """Write a drawn story as the log of an exercise."""
    log = Story(SCENARIO)
    for at, (kind, what, more) in sorted(story, key=lambda item: item[0]):
        match kind:
            case "look":
                log.seen(what, at, more)
            case "report":
                log.handed_in(at, host=what, list=more, free=what, fixed="yes" if more else "no")
            case "inject":
                log.fired("A1", at, what)
            case "hint":
                log.add(Kind.HINT, at, {"hint": "H1"})
            case "revert":
                log.add(Kind.REVERTED, at, {"node": "pc", "charged": True})
            case "mark":
                log.marked(what, at, more)
    return log.ends() if ends else log

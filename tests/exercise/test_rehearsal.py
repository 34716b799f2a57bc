"""A whole exercise on the jumping clock: every kind of trigger, act and check."""

from __future__ import annotations

from collections.abc import Callable

from stage import Stage

from range.events.event import Kind

Make = Callable[..., Stage]


async def test_a_team_that_acts_takes_the_branches_of_its_acts(stage: Make) -> None:
    exercise = stage("solution")
    assert await exercise.run()
    assert exercise.outcomes("team1") == {
        "A01": ("succeeded", 300),
        "M01": ("delivered", 360),
        "A02": ("succeeded", 600),
        "C02": ("delivered", 720 + 300 + 60),  # a minute after it was found clean
        "M02": ("skipped", 1800),  # the report came before
        "A03": ("prevented", 2100),
        "C01": ("succeeded", 2220),
    }


async def test_an_idle_team_gets_what_comes_to_the_idle(stage: Make) -> None:
    exercise = stage("idle")
    assert await exercise.run()
    assert exercise.outcomes("team1") == {
        "A01": ("succeeded", 300),
        "M01": ("delivered", 360),
        "A02": ("succeeded", 600),
        "M02": ("delivered", 1800),
        "A03": ("succeeded", 2100),
        "C02": ("expired", 3000),
    }


async def test_a_cut_implant_prevents_with_evidence(stage: Make) -> None:
    exercise = stage("solution")
    await exercise.run()
    (theft,) = exercise.of(Kind.INJECTED, "team1", inject="A03")
    assert theft.data["blocked_by"] == "cut"
    assert "exists = false" in theft.data["detail"]
    assert theft.data["technique"] == "T1041"


async def test_facts_and_secrets_reach_later_procedures(stage: Make) -> None:
    exercise = stage("idle", keep=True)
    await exercise.run()
    trace = (
        exercise.settings.labs / exercise.exercise.id / "memory/team1/pc/var/log/trace"
    ).read_text()
    secret = exercise.of(Kind.CREATED)[0].data["secrets"]["team1"]["token"]
    assert f"stolen {secret} 10:20:30\n" in trace


async def test_teams_are_graded_apart(stage: Make) -> None:
    exercise = stage("team1=solution", "team2=idle", teams=2)
    await exercise.run()
    assert exercise.grade("team1").score > 80
    assert exercise.grade("team2").score == 0
    assert exercise.outcomes("team2")["A03"][0] == "succeeded"


async def test_after_each_act_upon_the_lab_everything_is_looked_at_again(stage: Make) -> None:
    exercise = stage("solution")
    await exercise.run()
    looked = [e.at for e in exercise.of(Kind.OBSERVED, "team1", check="clean")]
    # A01, look, A02, clean, A03, C01, again, and once more at the end
    assert looked == [300, 480, 600, 1020, 2100, 2220, 2400, 3600]


async def test_a_dwell_takes_exercise_time_while_other_things_go_on(stage: Make) -> None:
    edit = lambda text: text.replace("dwell: 0s", "dwell: 1s")  # noqa: E731
    exercise = stage("idle", edit=edit)
    await exercise.run()
    assert exercise.outcomes("team1")["A02"] == ("succeeded", 601)


async def test_the_same_seed_gives_the_same_score(stage: Make) -> None:
    first, second = stage("solution"), stage("solution")
    await first.run()
    await second.run()
    assert first.grade("team1").phases == second.grade("team1").phases


async def test_marks_in_headless_runs_come_from_the_white_cell(stage: Make) -> None:
    exercise = stage("solution")
    await exercise.run()
    (mark,) = exercise.of(Kind.MARKED)
    assert (mark.actor, mark.data["credit"]) == ("white", 1)


async def test_a_step_that_fails_is_told_and_the_rest_goes_on(stage: Make) -> None:
    exercise = stage("solution")
    file = exercise.exercise.path / "responders/team1.json"
    file.write_text(file.read_text().replace("rm /run/implant", "false"))
    await exercise.run()
    (step,) = exercise.of(Kind.ACTED, "team1", step="clean")
    assert step.data["outcome"] == "failed"
    assert exercise.of(Kind.ENDED)

"""Following an exercise from outside: its log is read, its engine is left alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from range.clock import spoken
from range.errors import CyderError
from range.events.event import Event, Kind
from range.events.folder import ExerciseFolder
from range.events.log import Log
from range.exercise.control import control
from range.exercise.create import Options, creation, options
from range.exercise.finish import conclude
from range.exercise.rooms import take_down
from range.exercise.spawn import complaint, output_of
from range.grading.result import Grade, summary_text
from range.report.words import say
from range.settings import Settings
from scoreboard.table import board

_LOOK = 0.2  # seconds between looks at the log


def follow(
    settings: Settings,
    exercise: ExerciseFolder,
    engine: subprocess.Popen[bytes],
    *,
    as_json: bool,
    out: Path | None = None,
) -> Grade:
    """Show an exercise until it is over, then its score; CyderError when the engine gave up.

    Ctrl-C ends a headless exercise in an orderly way; another one only stops looking.
    """
    console = Console(stderr=True, highlight=False)
    console.print(f"exercise {exercise.id}")
    with Log.open(exercise.log, read_only=True) as log:
        chosen = options(creation([next(iter(log.read()))]))
        with Scene(console, exercise, chosen) as scene:
            try:
                _watch(log, engine, scene)
            except KeyboardInterrupt:
                _interrupted(settings, exercise, engine, console, chosen)
        if not scene.over:
            raise EndedEarly(exercise, engine.returncode)
    grade = conclude(exercise)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        shutil.copytree(exercise.report, out / "report", dirs_exist_ok=True)
        (out / "result.json").write_text(summary_text(grade))
    if as_json:
        click.echo(summary_text(grade), nl=False)
    else:
        console = Console()
        console.print(board(grade, chosen.language, console.width))
        click.echo(f"report: {exercise.report}")
    return grade


class EndedEarly(CyderError):
    """The engine's process ended before the exercise did."""

    def __init__(self, exercise: ExerciseFolder, code: int) -> None:
        why = f"signal {-code}" if code < 0 else complaint(exercise) or f"exit code {code}"
        super().__init__(
            f"the engine of {exercise.id} ended early: {why}",
            hint=f"Its output is {output_of(exercise)}; `cyder resume {exercise.id}` goes on.",
        )
        self.exit_code = code if code in (2, 3, 4) else 1


def _watch(log: Log, engine: subprocess.Popen[bytes], scene: Scene) -> None:
    seen = 0
    while True:
        ended = engine.poll() is not None
        for event in log.read(seen):
            seen = event.seq
            scene.apply(event)
        if ended:
            return
        time.sleep(_LOOK)


def _interrupted(
    settings: Settings,
    exercise: ExerciseFolder,
    engine: subprocess.Popen[bytes],
    console: Console,
    chosen: Options,
) -> None:
    if not chosen.headless:
        console.print(f"The exercise goes on. Steer it: cyder ctl {exercise.id} status")
        sys.exit(130)
    console.print("Ending the exercise; once more Ctrl-C leaves it to itself.")
    try:
        control(settings, exercise.id, "end", {"reason": "interrupted"})
    except CyderError:
        engine.terminate()  # still bringing labs up: there is nothing to end in order
    engine.wait()
    if not chosen.keep:
        take_down(settings, exercise, chosen)
    sys.exit(130)


class Scene:
    """What is shown while one waits: bars on a terminal, lines elsewhere."""

    def __init__(self, console: Console, exercise: ExerciseFolder, chosen: Options) -> None:
        self.over = False
        self._headless, self._language = chosen.headless, chosen.language
        self._console = console
        self._exercise = exercise
        self._bundle = exercise.bundle()
        self._nodes: dict[tuple[str, str], str] = {}
        self._teams = 1
        self._done = 0
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(),
            TextColumn("{task.fields[said]}", markup=False),
            TimeElapsedColumn(), console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Scene:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def apply(self, event: Event) -> None:
        """Take in one event of the log."""
        data = event.data
        match event.kind:
            case Kind.CREATED:
                self._teams = len(data["teams"])
            case Kind.BRINGUP:
                self._bring_up(event)
            case Kind.STARTED:
                self._say("STARTEX", event)
            case Kind.ENDED:
                self.over = True
                self._move("exercise", 1, 1, "ENDEX")
                self._say("ENDEX", event)
            case Kind.INJECTED:
                self._done += 1
                title = self._bundle.scenario.injects[data["inject"]].title
                outcome = say(data["outcome"], self._language)
                self._say(f"{data['inject']} {title.in_(self._language)}: {outcome}", event)
                if data["outcome"] in ("prevented", "error"):
                    self._print(f"{'':22}{data['detail']}")
            case Kind.SUBMITTED:
                title = self._bundle.scenario.forms[data["form"]].title
                handed_in = say("submitted", self._language)
                self._say(f"{title.in_(self._language)}: {handed_in}", event)
            case Kind.ACTED if data["outcome"] == "failed":
                failed = say("failed", self._language)
                self._say(f"{data['step']}: {failed}: {data['detail'][:160]}", event)
            case _:
                pass
        if event.at is not None and not self.over:
            total = self._bundle.scenario.duration
            injects = len(self._bundle.scenario.injects) * self._teams
            said = f"{spoken(event.at)} of {spoken(total)}, {self._done}/{injects} injects"
            self._move("exercise", event.at, total, said)

    def _bring_up(self, event: Event) -> None:
        data = event.data
        if data["node"] == "access" and not self._headless:
            self._print(f"{event.team}: access sheet in {data['detail']}")
        if data["node"] == "exercise" and not self._headless:
            self._print(f"Everything is up. STARTEX: cyder ctl {self._exercise.id} start")
        self._nodes[event.team, data["node"]] = data["state"]
        wanted = self._teams * sum(n.count for n in self._bundle.scenario.nodes.values())
        total = max(wanted, len(self._nodes))
        up = sum(1 for state in self._nodes.values() if state in ("running", "done", "present"))
        said = f"{up}/{total} {event.team} {data['node']} {data['state']}"
        self._move("bring-up", up, total, f"{said} {data['detail'][:60]}")
        if data["state"] in ("failed", "degraded", "done", "making"):
            self._print(f"{event.team} {data['node']} {data['state']} {data['detail']}".lstrip())

    def _move(self, name: str, done: float, total: float, said: str) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total, said="")
        self._bars.update(self._tasks[name], completed=done, total=total, said=said)

    def _say(self, what: str, event: Event) -> None:
        when = spoken(event.at) if event.at is not None else "-"
        self._print(f"{when:>10}  {event.team:8}  {what}")

    def _print(self, text: str) -> None:
        """Print what guests and scenarios say as it is, never as markup."""
        self._console.print(text, markup=False, soft_wrap=True)

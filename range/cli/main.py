"""The `cyder` command. Verbs load only when called, so that `--help` is quick."""

from __future__ import annotations

import importlib
import sys

import click

from range.errors import CyderError, InvalidInput

# verb -> (module, one line of help). The module defines `command`, a click command.
VERBS: dict[str, tuple[str, str]] = {
    "validate": ("range.cli.validate", "Check scenario folders; every mistake with its place."),
    "plan": ("range.cli.plan", "Show what would be made, and whether this host can hold it."),
    "image": ("range.cli.image", "List, bake and prune images."),
    "up": ("range.cli.up", "Make the labs of a scenario."),
    "down": ("range.cli.down", "Remove labs without a trace."),
    "status": ("range.cli.status", "Show labs and their nodes."),
    "reset": ("range.cli.reset", "Return a node to its baked state."),
    "snapshot": ("range.cli.snapshot", "Keep a node as it is at this moment."),
    "revert": ("range.cli.revert", "Return a node to a snapshot."),
    "shell": ("range.cli.shell", "Open a root shell in a node."),
    "access": ("range.cli.access", "Print what teams need to come in."),
    "preflight": ("range.cli.preflight", "Prove that labs are sealed off."),
    "tui": ("range.cli.tui", "Open the instructor's console."),
    "run": ("range.cli.run", "Run an exercise."),
    "resume": ("range.cli.resume", "Go on with an exercise whose engine died."),
    "ctl": ("range.cli.ctl", "Steer a running exercise."),
    "exercises": ("range.cli.exercises", "List exercises."),
    "scoreboard": ("range.cli.scoreboard", "Show the board of an exercise on a big screen."),
    "score": ("range.cli.score", "Show the score of an exercise, and why."),
    "regrade": ("range.cli.regrade", "Compute the score again from the log."),
    "report": ("range.cli.report", "Write the debrief of an exercise."),
    "doctor": ("range.cli.doctor", "Say what this host lacks, and mend it."),
    "demo": ("range.cli.demo", "Run a whole exercise on embedded defaults."),
}


class Verbs(click.Group):
    """A group whose members are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order of an exercise's life."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb's module; unknown verbs get click's own suggestion."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(VERBS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing any of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.command(cls=Verbs)
@click.version_option(package_name="cyder-range", prog_name="cyder")
def cyder() -> None:
    """Cyber defence exercises: bring up labs, run injects, grade what teams do."""


def main() -> None:
    """Run the command; a mistake of the user's becomes a sentence and an exit code."""
    try:
        cyder(standalone_mode=False)
    except InvalidInput as error:
        click.echo(error.message, err=True)
        _hint(error)
        sys.exit(error.exit_code)
    except CyderError as error:
        click.echo(f"cyder: {error.message}", err=True)
        _hint(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("cyder: interrupted", err=True)
        sys.exit(130)


def _hint(error: CyderError) -> None:
    if error.hint:
        click.echo(f"  {error.hint}", err=True)

"""Commands in documents exist, with the options that the documents give them."""

import re
import shlex
from pathlib import Path

import click
import pytest

from range.cli.main import VERBS, cyder

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Words after `cyder` of each such line in the shell blocks of a document."""
    found = []
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["sudo"]:
                words = words[1:]
            if words and words[0] in ("cyder", "./cyder"):
                found.append(words[1:])
    return found


CASES = [
    pytest.param(words, id=f"{path.name}: {' '.join(words)}")
    for path in DOCUMENTS
    for words in commands(path.read_text())
]


def _parse(words: list[str]) -> str:
    """Let click read a command line as it would, and run nothing; returns the verb's name."""
    command: click.Command | None = cyder
    name: str | None = "cyder"
    context = None
    while command is not None:
        context = command.make_context(name, words, parent=context)
        if not isinstance(command, click.Group):
            return str(name)
        name, command, words = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
    raise AssertionError(f"there is no verb {name}")


@pytest.mark.parametrize("words", CASES)
def test_the_command_in_the_document_is_one_that_cyder_understands(words):
    assert _parse(words) in words


@pytest.mark.parametrize("line", ["cyder nothing", "cyder plan --wrong municipality", "cyder plan"])
def test_a_wrong_command_in_a_document_would_be_found(line):
    [words] = commands(f"```sh\n{line}\n```\n")
    with pytest.raises(click.UsageError):
        _parse(words)


def test_documents_show_commands_at_all():
    assert len(CASES) > 15


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_loads_and_its_help_says_what_it_does(verb):
    command = cyder.get_command(click.Context(cyder), verb)
    assert command is not None
    assert command.help

"""What teams are called on screens and in reports; in the log and on the line they are ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from range.errors import InvalidInput, Problem
from range.text import line

NAME = 40  # characters of a team's name


def display_names(teams: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return what each team is called, its id where it is given no name; InvalidInput.

    Names are one line of at most 40 characters, and no two teams could be taken for one another.
    """
    problems = [
        Problem("--name", 0, 0, f"no team {line(team, 40)}; teams are {', '.join(teams)}")
        for team in given if team not in teams
    ]  # fmt: skip
    names = {team: line(given.get(team, team), NAME) for team in teams}
    problems += [
        Problem("--name", 0, 0, f"the name of {team} is empty") for team in teams if not names[team]
    ]
    for team, name in names.items():
        for other in teams:
            if other != team and _alike(name) in (_alike(other), _alike(names[other])):
                problems.append(Problem("--name", 0, 0, f"{team}: {other} is called {name}, too"))
    if problems:
        raise InvalidInput(problems)
    return names


def _alike(name: str) -> str:
    """Return a name so that those who read alike are equal."""
    return unicodedata.normalize("NFKC", name).casefold()


def names_of(created: Mapping[str, Any]) -> dict[str, str]:
    """Return what teams are called, from the data of `exercise.created`; older ones have ids."""
    return {team: created.get("names", {}).get(team, team) for team in created.get("teams", ())}

"""Finding what a command line names: a deployment, a team of it, a node of the team's lab."""

from __future__ import annotations

from range.errors import CyderError
from range.events.log import is_written
from range.plan.model import LabPlan
from range.providers import deployments
from range.settings import Settings


class NoSuchPlace(CyderError):
    """The deployment has no such team, or its labs no such node."""

    exit_code = 2


def find_lab(settings: Settings, deployment: str, team: str) -> LabPlan:
    """Return a team's lab; NoSuchDeployment or NoSuchPlace say what there is."""
    plan = deployments.need(settings, deployment)
    for lab in plan.labs:
        if lab.team == team:
            return lab
    there = ", ".join(lab.team for lab in plan.labs)
    raise NoSuchPlace(f"{deployment} has no team {team!r}", hint=f"There are: {there}")


def find_node(settings: Settings, deployment: str, team: str, node: str) -> LabPlan:
    """Return the lab after making sure that it has the node."""
    lab = find_lab(settings, deployment, team)
    there = [known.name for known in lab.nodes]
    if node not in there:
        raise NoSuchPlace(
            f"{deployment} has no node {node!r}", hint=f"There are: {', '.join(there)}"
        )
    return lab


def refuse_running(settings: Settings, deployment: str, verb: str) -> None:
    """Raise CyderError when an engine runs there: what is done to nodes is its to log."""
    if is_written(settings.exercises / deployment / "log.sqlite"):
        raise CyderError(
            f"{deployment} is a running exercise",
            hint=f"There it is logged, and may cost: cyder ctl {deployment} {verb}",
        )

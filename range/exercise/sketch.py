"""What an exercise would take, before it is made: a plan that reserves nothing."""

from __future__ import annotations

from range.images.recipe import system_id
from range.load.roles import role_digests
from range.load.scenario import Loaded
from range.plan.make import make_plan, team_names
from range.plan.model import Plan


def sketch(loaded: Loaded, teams: int) -> Plan:
    """Plan labs of a scenario as if they were the first of this host; InvalidInput, too many."""
    return make_plan(
        loaded.bundle,
        role_digests=role_digests(loaded.role_folders),
        systems={n.image: system_id(n.image) for n in loaded.scenario.nodes.values()},
        deployment=loaded.scenario.name,
        slot=0,
        teams=team_names(teams),
        seed="00" * 32,
        first_port=2201,
    )

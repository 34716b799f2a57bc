"""Look at every check of a scenario once, as a program: `all_probes.py SCENARIO DEPLOYMENT TEAM`.

Prints the errors of checkers as JSON, check -> error. What is looked at may be as it likes.
"""

from __future__ import annotations

import json
import sys

from range.checks.observe import LabView, observe
from range.load.scenario import load_scenario
from range.network.agent.agent import Agents
from range.providers import deployments
from range.providers.registry import provider
from range.settings import settings


def main(name: str, deployment: str, team: str) -> None:
    here = settings()
    lab = next(lab for lab in deployments.need(here, deployment).labs if lab.team == team)
    scenario = load_scenario(name, here).bundle.scenario
    with Agents() as agents:
        view = LabView(provider("lxc", here), lab, scenario, {}, agents)
        seen = {id_: observe(check.probe, view) for id_, check in scenario.checks.items()
                if check.probe is not None}  # fmt: skip
    print(json.dumps({id_: looked.error for id_, looked in seen.items() if looked.error}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Stacks of layers: which roles are baked on which system, named by the hash of their inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from range.plan.model import Layer
from range.scenario.topology import Node

# Raised when the way of baking changes what a layer holds, so that old layers are not taken.
RECIPE = 1


def stack(node: Node, system: str, role_digests: Mapping[str, str]) -> tuple[Layer, ...]:
    """Layers of a node, bottom first; nodes with the same roles and variables share them."""
    layers: list[Layer] = []
    parent = system
    for use in node.roles:
        variables = json.dumps(
            use.vars, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        digest = role_digests[use.role]
        inputs = json.dumps([RECIPE, parent, use.role, variables, digest])
        id_ = hashlib.sha256(inputs.encode()).hexdigest()[:24]
        layers.append(Layer(id_, parent, use.role, variables, digest))
        parent = id_
    return tuple(layers)

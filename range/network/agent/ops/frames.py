"""Raw frames, as root of a node could send them."""

from __future__ import annotations

import socket
from typing import Any


def frames(args: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Send `frames` (hex) out of `device`; says how many went."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((args["device"], 0))
        for frame in args["frames"]:
            wire.send(bytes.fromhex(frame))
    return {"sent": len(args["frames"])}

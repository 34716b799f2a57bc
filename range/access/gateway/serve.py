"""Everything that a team's gateway serves, put together."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from range.access.gateway.assets import Asset
from range.access.gateway.budget import Budget
from range.access.gateway.config import GatewayConfig
from range.access.gateway.desk import DeskLine
from range.access.gateway.desks import Desks
from range.access.gateway.entrance import Entrance
from range.access.gateway.porter import ASK
from range.access.gateway.server import House, SshServer
from range.access.gateway.sitting import Sittings
from range.access.gateway.tls import server_context
from range.access.gateway.visit import Visits
from range.access.gateway.web import WebServer


@dataclass(frozen=True)
class Descriptors:
    """What was inherited; -1 where there is none."""

    ready: int
    porter: int
    mother: int
    ears: tuple[int, ...]


class Prepared:
    """What needs files, made while there are any."""

    def __init__(self, config: GatewayConfig, assets: Mapping[str, Asset]) -> None:
        self.config, self.assets = config, assets
        self.visits = Visits(config)
        self.tls = server_context(config.certificate, config.certificate_key)


class News:
    """What the porter sends: the desk's end, and another one whenever the engine starts anew."""

    def __init__(self, porter: socket.socket, desk: DeskLine) -> None:
        self._porter, self._desk = porter, desk
        self._opening: set[asyncio.Task[None]] = set()
        porter.setblocking(False)
        asyncio.get_running_loop().add_reader(porter, self._heard)
        porter.send(ASK)

    def _heard(self) -> None:
        try:
            said, descriptors, _, _ = socket.recv_fds(self._porter, 8, 1)
        except BlockingIOError:
            return
        except OSError:
            said, descriptors = b"", []
        if not said:  # the supervisor is gone, and so is this process in a moment
            asyncio.get_running_loop().remove_reader(self._porter)
        for descriptor in descriptors:
            opening = asyncio.create_task(self._desk.open(socket.socket(fileno=descriptor)))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)


async def serve(prepared: Prepared, given: Descriptors) -> None:
    """Serve until cancelled."""
    config = prepared.config
    desk = DeskLine()
    News(socket.socket(fileno=given.porter), desk)
    desks = Desks(socket.socket(fileno=given.mother) if given.mother >= 0 else None)
    budget = Budget()
    sittings = Sittings(config, desk, desks, prepared.visits, budget)
    ssh = SshServer(House(config, desk, sittings, budget))
    web = WebServer(config, sittings, prepared.assets, prepared.tls)
    await web.open()
    entrance = Entrance(budget, ssh.receive, web.receive)
    ears = [socket.socket(fileno=ear) for ear in given.ears]
    for ear in ears:
        ear.setblocking(False)
    if given.ready >= 0:
        os.write(given.ready, b"1")
        os.close(given.ready)
    await asyncio.gather(*(entrance.serve(ear) for ear in ears))

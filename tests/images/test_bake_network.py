"""The network of bakes, when several bakes begin at once."""

from __future__ import annotations

import libvirt
import pytest

from range.errors import HostNotReady
from range.providers.lxc import nat


class Refusal(libvirt.libvirtError):
    """What libvirt answers while somebody else makes the network."""

    def __init__(self) -> None:
        super().__init__("network 'cyder-bake' already exists with uuid 1")

    def get_error_code(self) -> int:
        return libvirt.VIR_ERR_OPERATION_FAILED


class Network:
    def name(self) -> str:
        return nat.NAME

    def isActive(self) -> bool:
        return True


class Connection:
    """Another bake's network is there for good, but listed only after `looks` looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def listAllNetworks(self) -> list[Network]:
        self.looks -= 1
        return [Network()] if self.looks < 0 else []

    def networkCreateXML(self, xml: str) -> None:
        raise Refusal


def test_a_network_that_another_bake_is_just_making_is_waited_for(monkeypatch):
    connection = Connection(looks=3)
    monkeypatch.setattr(nat, "with_libvirt", lambda work: work(connection))
    nat.ensure_bake_network()
    assert connection.looks == -1


def test_a_network_that_never_comes_up_is_an_error_with_what_libvirt_says(monkeypatch):
    monkeypatch.setattr(nat, "with_libvirt", lambda work: work(Connection(looks=1)))
    monkeypatch.setattr(nat, "_MADE_WITHIN", 0.2)
    with pytest.raises(HostNotReady, match="already exists"):
        nat.ensure_bake_network()

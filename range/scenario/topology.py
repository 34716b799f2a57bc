"""The organisation's network: networks, nodes, what they are made of, and who works there."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal

from pydantic import Field, field_validator

from range.scenario.model import Bytes, Flag, Id, Model, Name, Text

Side = Literal["blue", "green", "red", "white"]


class Network(Model):
    """A segment. Its gateway and resolver are what nodes on it use unless they say otherwise."""

    title: Text
    cidr: IPv4Network
    outside: Flag = Field(False, description="Part of the lab's Internet, not of the organisation")
    gateway: IPv4Address | None = None
    resolver: IPv4Address | None = None


class Interface(Model):
    """A leg of a node in a network; without an address the plan picks one."""

    network: Name
    address: IPv4Address | None = None


class Route(Model):
    """A static route of a node."""

    to: IPv4Network
    via: IPv4Address


class RoleUse(Model):
    """An Ansible role of `playbooks/roles` (or of the scenario's `roles/`) with its variables."""

    role: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    vars: dict[str, Any] = Field(default_factory=dict)


class Node(Model):
    """A machine of the lab. With `count: 3`, `pc` stands for pc-1, pc-2 and pc-3."""

    title: Text
    side: Side = Field("blue", description="red: attackers; green: users outside the organisation")
    access: Flag | None = Field(None, description="May trainees log in? Default: blue nodes only")
    image: Name = "debian-12"
    kind: Literal["container", "vm"] = "container"
    count: int = Field(1, ge=1, le=100)
    fqdn: str | None = Field(None, pattern=r"^[a-z0-9.-]{1,200}$")
    interfaces: tuple[Interface, ...] = Field(min_length=1, max_length=8)
    routes: tuple[Route, ...] = ()
    roles: tuple[RoleUse, ...] = ()
    secrets: tuple[Id, ...] = Field((), description="Secrets that its clone steps are given")
    memory: Bytes = Field(268_435_456, ge=33_554_432)
    processes: int = Field(512, ge=32, le=32_768, description="Limit against fork bombs")

    @field_validator("roles", mode="before")
    @classmethod
    def _a_bare_name_is_a_role_without_variables(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [{"role": item} if isinstance(item, str) else item for item in value]
        return value

    @property
    def reachable(self) -> bool:
        """True where trainees may log in."""
        return self.side == "blue" if self.access is None else self.access


def expand(name: str, count: int) -> tuple[str, ...]:
    """Names of the nodes that `name` stands for: itself, or with a count pc-1, pc-2, ..."""
    return (name,) if count == 1 else tuple(f"{name}-{i}" for i in range(1, count + 1))


class Person(Model):
    """Someone of the story: sends and receives messages, hands work to the team."""

    name: Text
    title: Text
    organization: Text | None = None
    side: Side = "white"
    mail: str | None = Field(None, pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$")
    seat: Name | None = Field(
        None, description="Node or network that this person's mail is sent from"
    )


class Mail(Model):
    """The organisation's mail server: accepts its domains by SMTP, keeps messages in `store`."""

    server: Name
    domains: tuple[str, ...] = Field(min_length=1)
    store: str = Field("/var/mail", pattern=r"^/[A-Za-z0-9/._-]+$")

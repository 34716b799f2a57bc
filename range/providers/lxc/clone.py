"""What makes a clone itself: names, keys, addresses and secrets, put into its upper directory.

Done before its first boot, in a millisecond or so; everything comes from the lab's recorded seed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from range.plan.model import LabPlan, NodePlan
from range.plan.secrets import derive, secret, variable

# Addresses are there before a guest boots. This is for who has taken a leg down and wants it back.
_NETWORKING = b"""\
[Unit]
Description=Addresses and routes as planned (systemctl restart networking)

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/sbin/ip -force -batch /etc/cyder/network
"""

TRAINEE = 1000  # uid and gid of the user that trainees log in as


@dataclass(frozen=True)
class OwnFile:
    """A file of one clone; owner as the guest sees it."""

    path: str
    content: bytes
    mode: int = 0o644
    uid: int = 0


def own_files(lab: LabPlan, node: NodePlan) -> Iterator[OwnFile]:
    """Yield what this clone has for itself. Pure."""
    yield OwnFile("/etc/hostname", f"{node.name}\n".encode())
    yield OwnFile("/etc/machine-id", f"{node.machine_id}\n".encode(), 0o444)
    yield OwnFile("/etc/hosts", _hosts(node).encode())
    if node.resolver is not None:
        yield OwnFile("/etc/resolv.conf", _resolver(node).encode())
    yield OwnFile("/etc/cyder/network", _network(node).encode())
    yield OwnFile("/etc/systemd/system/networking.service", _NETWORKING)
    key = host_key(lab.seed, node.name)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    yield OwnFile("/etc/ssh/ssh_host_ed25519_key", private, 0o600)
    yield OwnFile("/etc/ssh/ssh_host_ed25519_key.pub", public_line(key, node.name))
    if node.reachable:
        trainee = public_line(trainee_key(lab.seed), "trainee")
        yield OwnFile("/home/trainee/.ssh/authorized_keys", trainee, 0o600, TRAINEE)
    yield OwnFile("/etc/cyder/clone.env", _environment(lab, node).encode(), 0o600)


def host_key(seed: str, node: str) -> Ed25519PrivateKey:
    """Return the SSH host key of a node."""
    return Ed25519PrivateKey.from_private_bytes(derive(seed, "hostkey", node))


def trainee_key(seed: str) -> Ed25519PrivateKey:
    """Return the key that a lab's trainees log in with."""
    return Ed25519PrivateKey.from_private_bytes(derive(seed, "trainee-key"))


def public_line(key: Ed25519PrivateKey, comment: str) -> bytes:
    """Return the public half as OpenSSH writes it in one line."""
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return public + f" {comment}\n".encode()


def _hosts(node: NodePlan) -> str:
    names = " ".join(dict.fromkeys((node.fqdn, node.name)))
    address = node.nics[0].address if node.nics else "127.0.1.1"
    return f"127.0.0.1 localhost\n{address} {names}\n"


def _network(node: NodePlan) -> str:
    """Return lines for `ip -batch` that make the legs as they were at boot."""
    lines = []
    for nic in node.nics:
        lines.append(f"link set {nic.name} up")
        lines.append(f"address replace {nic.address}/{nic.prefix} dev {nic.name}")
    lines += [f"route replace {route.to} via {route.via} metric 1" for route in node.routes]
    return "\n".join(lines) + "\n"


def _resolver(node: NodePlan) -> str:
    domain = node.fqdn.partition(".")[2]
    search = f"search {domain}\n" if domain else ""
    return f"{search}nameserver {node.resolver}\noptions timeout:2 attempts:2\n"


def _environment(lab: LabPlan, node: NodePlan) -> str:
    """Return the clone steps' variables; values are letters and digits, so nothing is quoted."""
    lines = [f"NODE={node.name}", f"NODE_SEED={derive(lab.seed, 'node', node.name).hex()}"]
    lines += [
        f"SECRET_{variable(name)}={secret(lab.seed, name, length)}" for name, length in node.secrets
    ]
    lines.append(f"SECRET_TRAINEE_PASSWORD={secret(lab.seed, 'trainee-password', 12)}")
    return "\n".join(lines) + "\n"


def write_files(
    upper: Path, lowers: Sequence[Path], uid_base: int, files: Iterator[OwnFile]
) -> None:
    """Put files into an upper directory. Folders look as they do in the topmost layer."""
    for file in files:
        path = upper / file.path.lstrip("/")
        _folders(upper, lowers, uid_base, PurePosixPath(file.path).parent, file.uid)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
            os.fchown(descriptor, uid_base + file.uid, uid_base + file.uid)
            os.fchmod(descriptor, file.mode)


def _folders(
    upper: Path, lowers: Sequence[Path], uid_base: int, folder: PurePosixPath, uid: int
) -> None:
    """Make `folder` and its parents: an upper's folder decides how the merged one looks."""
    for part in reversed((folder, *folder.parents)):
        place = upper / str(part).lstrip("/")
        if place.is_dir():
            continue
        place.mkdir()
        facts = _like(lowers, str(part).lstrip("/"))
        if facts is None:  # no layer has it: a private folder of its first file's owner
            mode, owner, group = 0o700 if uid else 0o755, uid, uid
        else:
            mode, owner, group = stat.S_IMODE(facts.st_mode), facts.st_uid, facts.st_gid
        os.chown(place, uid_base + owner, uid_base + group)
        place.chmod(mode)


def _like(lowers: Sequence[Path], path: str) -> os.stat_result | None:
    for lower in reversed(lowers):
        try:
            facts = (lower / path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return facts if stat.S_ISDIR(facts.st_mode) else None
    return None

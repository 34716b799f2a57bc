"""What only real guests can show: traces, limits, interruptions."""

from __future__ import annotations

import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from range.errors import HostNotReady, ProvisioningFailed
from range.guest.base import GuestUnreachable
from range.guest.container import ContainerGuest
from range.host import remains
from range.network.guard import device_prefix, table_name
from range.providers import deployments
from range.providers.base import Progress
from range.providers.lxc import disk
from range.providers.lxc.clone import own_files
from range.providers.lxc.provider import LxcProvider

pytestmark = pytest.mark.guests

UP = """
import sys
from range.providers import deployments
from range.providers.lxc.provider import LxcProvider
from range.settings import settings
plan = deployments.need(settings(), sys.argv[1])
LxcProvider(settings()).up(plan, lambda told: print(told.node, told.state, flush=True))
"""


@pytest.fixture
def provider(host) -> LxcProvider:
    return LxcProvider(host)


@pytest.fixture
def plan(plan_real, provider) -> Iterator:
    plan = plan_real("lxc")
    yield plan
    provider.down(plan.deployment)


def traces(host, plan) -> list[str]:
    """List whatever of a plan the host still has."""
    prefix = device_prefix(plan.slot)
    domains = {node.domain for lab in plan.labs for node in lab.nodes}
    uids = [node.uid_base for lab in plan.labs for node in lab.nodes]
    found = [f"device {path.name}" for path in Path("/sys/class/net").glob(f"{prefix}*")]
    found += [f"namespace {path.name}" for path in Path("/run/netns").glob(f"{prefix}*")]
    found += [
        f"mount {line.split()[4]}"
        for line in Path("/proc/self/mountinfo").read_text().splitlines()
        if f"/{plan.deployment}/" in line
    ]
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True, check=True)
    found += [line for line in tables.stdout.splitlines() if line.endswith(table_name(plan.slot))]
    listed = subprocess.run(
        ["virsh", "-c", "lxc:///system", "list", "--all", "--name"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found += [f"domain {name}" for name in listed.stdout.split() if name in domains]
    found += [
        f"group {folder}"
        for folder, _, _ in os.walk("/sys/fs/cgroup")
        if any(domain in Path(folder).name for domain in domains)
    ]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            uid = process.stat().st_uid
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(0 <= uid - base < 65_536 for base in uids):
            found.append(f"process {process.name}")
        if "libvirt_lxc" in command and any(domain in command for domain in domains):
            found.append(f"controller {process.name}")
    found += [f"remains {name}" for name in remains.guests("cyder-") & domains]
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        if f"/{plan.deployment}/" in backing.read_text():
            found.append(f"loop {backing.parent.parent.name}")
    if (host.labs / plan.deployment).exists():
        found.append("folder")
    return found


def test_down_leaves_nothing_of_a_running_deployment(host, provider, plan):
    provider.up(plan, lambda told: None)
    kinds = {trace.split()[0] for trace in traces(host, plan)}
    assert kinds >= {
        "device", "namespace", "table", "domain", "group", "process", "remains", "loop",
        "folder",
    }  # fmt: skip
    assert provider.down(plan.deployment) == 8
    assert traces(host, plan) == []


@pytest.mark.parametrize("seen", ["made", "booting", "running"])
def test_an_interrupted_up_is_finished_by_the_next_one(host, provider, plan, seen):
    deployments.save(host, plan)
    process = subprocess.Popen(
        [sys.executable, "-c", UP, plan.deployment], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while seen not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    provider.up(plan, lambda told: None)
    assert {told.state for told in provider.status(plan)} == {"running"}


def test_an_interrupted_up_can_be_taken_down(host, provider, plan):
    deployments.save(host, plan)
    process = subprocess.Popen(
        [sys.executable, "-c", UP, plan.deployment], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    provider.down(plan.deployment)
    assert traces(host, plan) == []


def end(guest: ContainerGuest, how: str) -> None:
    """Reboot a guest or switch it off, from inside; returns when it is off."""
    gone = os.pidfd_open(guest.init)
    guest.run(["systemctl", how, "--no-block"])
    assert select.select([gone], [], [], 30)[0]
    os.close(gone)


def test_a_guest_that_was_switched_off_is_started_again_with_what_it_had(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    provider.guest(lab, "pc-1").write("/srv/work", b"kept")
    end(provider.guest(lab, "pc-1"), "poweroff")
    provider.up(plan, lambda told: None)
    assert provider.guest(lab, "pc-1").read("/srv/work").content == b"kept"


def test_a_unit_that_fails_at_boot_is_named_and_its_guest_kept(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    guest = provider.guest(lab, "pc-1")
    unit = "[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n"
    guest.write("/etc/systemd/system/broken.service", unit.encode())
    guest.run(["systemctl", "enable", "broken"])
    end(guest, "poweroff")
    told: list[Progress] = []
    with pytest.raises(ProvisioningFailed, match=r"team1-pc-1 is degraded.*broken\.service"):
        provider.up(plan, told.append)
    assert [(t.team, t.node) for t in told if t.state == "failed"] == [("team1", "pc-1")]
    assert provider.guest(lab, "pc-1").run(["true"]).exit == 0


def test_a_guest_that_reboots_comes_back_and_one_that_is_switched_off_does_not(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    told: queue.Queue[Progress] = queue.Queue()
    with provider.watch(plan, told.put):
        provider.guest(lab, "pc-1").write("/srv/work", b"kept")
        end(provider.guest(lab, "pc-2"), "poweroff")
        end(provider.guest(lab, "pc-1"), "reboot")
        seen = [told.get(timeout=30) for _ in (1, 2)]
    assert [(t.node, t.state) for t in seen] == [("pc-1", "booting"), ("pc-1", "running")]
    assert provider.guest(lab, "pc-1").read("/srv/work").content == b"kept"
    with pytest.raises(GuestUnreachable, match="does not run"):
        provider.guest(lab, "pc-2")


def test_a_clone_has_its_own_name_keys_and_secrets(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    guest = provider.guest(lab, "pc-1")
    for file in own_files(lab, lab.node("pc-1")):
        # The environment was used up by the clone step; private keys carry random padding.
        if not file.path.endswith(("clone.env", "_key")):
            claim = guest.read(file.path)
            assert (claim.content, claim.mode, claim.uid) == (file.content, file.mode, file.uid)
    assert guest.read("/etc/cyder/clone.env").type == "absent"
    assert guest.run(["hostname", "-f"]).stdout == b"pc-1.office.example\n"
    assert guest.read("/home/trainee/.ssh").uid == 1000


def test_a_fork_bomb_stays_in_its_guest(provider, plan):
    provider.up(plan, lambda told: None)
    first, second = plan.labs
    bombed = provider.guest(first, "pc-1")
    bombed.run(["systemd-run", "--unit=bomb", "bash", "-c", "b() { b | b & }; b"])
    group = Path("/sys/fs/cgroup/pids/cyder") / first.node("pc-1").domain
    if group.exists():
        deadline = time.monotonic() + 20
        while " 0" in (group / "pids.events").read_text() and time.monotonic() < deadline:
            pass
    assert len(bombed.processes()) <= first.node("pc-1").processes
    for lab, node in ((first, "pc-2"), (second, "pc-1")):
        began = time.monotonic()
        assert provider.guest(lab, node).run(["ping", "-c1", "-W1", "10.9.1.1"]).exit == 0
        assert time.monotonic() - began < 5
    provider.reset(first, "pc-1")
    assert provider.guest(first, "pc-1").run(["true"]).exit == 0


def test_a_guest_without_processes_left_is_an_error_of_the_check_never_an_answer(provider, plan):
    provider.up(plan, lambda told: None)
    guest = provider.guest(plan.labs[0], "pc-1")
    guest.run(["sh", "-c", "while :; do sleep 1000 & done"])
    with pytest.raises(GuestUnreachable, match="cannot be started"):
        guest.run(["true"])


def test_a_guest_without_memory_left_does_not_take_the_hosts(provider, plan):
    provider.up(plan, lambda told: None)
    first, second = plan.labs
    greedy = "x = bytearray(600 << 20); print(len(x))"
    assert provider.guest(first, "pc-1").run(["python3", "-c", greedy]).exit == 128 + 9
    assert provider.guest(second, "pc-1").run(["python3", "-c", "print(1)"]).exit == 0


def test_a_guest_that_fills_its_disk_fills_neither_the_hosts_nor_the_other_teams(
    host, provider, plan, monkeypatch
):
    monkeypatch.setattr(disk, "EACH", 48 * 2**20)
    provider.up(plan, lambda told: None)
    mine, theirs = plan.labs
    before = shutil.disk_usage(host.labs).free
    victim = provider.guest(mine, "pc-1")
    for fill in ("fallocate -l 100G /root/at-once", "cat /dev/zero > /root/bit-by-bit"):
        done = victim.run(["sh", "-c", fill], timeout=120)
        assert done.exit != 0
        assert b"No space left on device" in done.stderr
    assert victim.run(["sh", "-c", "echo more > /root/more && cat /root/more"]).stdout == b""
    assert before - shutil.disk_usage(host.labs).free < 400 * 2**20
    other = provider.guest(theirs, "pc-1")
    written = other.run(["sh", "-c", "head -c 20M /dev/zero > /root/file && stat -c %s /root/file"])
    assert int(written.stdout) == 20 * 2**20
    assert {told.state for told in provider.status(plan) if told.team == "team2"} == {"running"}


def test_labs_that_the_host_has_no_room_for_are_refused(host, provider, plan, monkeypatch):
    free = shutil.disk_usage(host.labs).free
    monkeypatch.setattr(disk, "_KEPT_FREE", free - 8 * disk._LEAST + 2**20)
    with pytest.raises(HostNotReady, match="disks of 8 guests"):
        provider.up(plan, lambda told: None)


def test_a_guest_makes_groups_of_its_own_but_cannot_lift_its_limits(provider, plan):
    provider.up(plan, lambda told: None)
    guest = provider.guest(plan.labs[0], "pc-1")
    own = "$(sed -n 's,^0::,/sys/fs/cgroup,p' /proc/1/cgroup | sed 's,/init.scope,,')"
    assert guest.run(["sh", "-c", f"test -w {own}/cgroup.procs && mkdir {own}/mine"]).exit == 0
    writable = guest.run(["sh", "-c", f"for f in {own}/*; do test -f $f -a -w $f && echo $f; done"])
    names = {Path(path).name for path in writable.stdout.decode().split()}
    assert names == {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control"}


def test_a_layer_that_is_missing_is_named_with_what_makes_it(host, provider, plan_real):
    plan = plan_real("missing")
    lab = plan.labs[0]
    broken = replace(lab.nodes[0], system="debian-0-gone")
    plan = replace(plan, labs=(replace(lab, nodes=(broken, *lab.nodes[1:])),))
    with pytest.raises(ProvisioningFailed, match="debian-0-gone") as caught:
        provider.up(plan, lambda told: None)
    assert "cyder image bake" in caught.value.hint
    states = {told.node: told.state for told in provider.status(plan)}
    assert states == {"fw": "absent", "pc-1": "running", "pc-2": "running", "attacker": "running"}

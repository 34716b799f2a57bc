"""Snapshots of real guests: one moment, and whole or not there whatever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from range.providers.lxc.freezer import _freezer_of, held, let_go
from range.providers.lxc.provider import LxcProvider

pytestmark = pytest.mark.guests

ACT = """
import os, signal, sys
from range.providers import deployments
from range.providers.lxc import nodes, restoring
from range.providers.lxc.provider import LxcProvider
from range.settings import settings

verb, deployment, dies = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

match dies:
    case "intended":
        nodes.kill = die
    case "stopped":
        nodes.restore = die
    case "emptied":
        restoring.copied = die
    case "copied":
        whole = restoring.copied
        def copied(tree, to):
            whole(tree, to)
            die()
        restoring.copied = copied
    case "restored":
        nodes.start = die
lab = deployments.need(settings(), deployment).labs[0]
print("begins", flush=True)
getattr(LxcProvider(settings()), verb)(lab, "pc-1", "clean")
"""


@pytest.fixture
def provider(host) -> LxcProvider:
    return LxcProvider(host)


@pytest.fixture
def plan(plan_real, provider) -> Iterator:
    plan = plan_real("snapshot")
    yield plan
    provider.down(plan.deployment)


def act(verb: str, plan, dies: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ACT, verb, plan.deployment, dies], stdout=subprocess.PIPE, text=True
    )


def test_what_is_kept_is_one_moment_of_everything(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    guest = provider.guest(lab, "pc-1")
    guest.run(["mkdir", "-p", "/srv/a", "/srv/b"])
    # Appended: a file that is written anew is empty for a moment, and that would be kept, too.
    loop = "n=0; while :; do n=$((n+1)); echo $n >>/srv/a/n; echo $n >>/srv/b/n; done"
    guest.run(["systemd-run", "--unit=writer", "sh", "-c", loop])
    guest.run(["sh", "-c", "until [ -s /srv/b/n ]; do :; done"])
    for number in range(3):
        provider.snapshot(lab, "pc-1", f"s{number}")
    assert guest.run(["systemctl", "is-active", "writer"]).stdout == b"active\n"
    seen = []
    for number in range(3):
        provider.revert(lab, "pc-1", f"s{number}")
        back = provider.guest(lab, "pc-1")
        first, second = (
            int(back.read(f"/srv/{at}/n", limit=100, tail=True).content.split()[-1]) for at in "ab"
        )
        assert first - second in (0, 1)
        seen.append(first)
    assert seen == sorted(seen)


def test_owners_links_modes_capabilities_and_what_was_deleted_come_back(provider, plan):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    make = """
    install -o 1000 -g 1000 -m 4750 /bin/true /srv/suid; ln /srv/suid /srv/twin
    ln -s /etc/shadow /srv/link; rm /etc/hosts.allow /usr/bin/who; mkfifo /srv/pipe
    python3 -c 'import os, struct
    os.setxattr("/srv/suid", "user.note", b"kept")' 2>/dev/null || true
    truncate -s 50M /srv/hole; mkdir /etc/opt2; rm -rf /etc/cron.d; mkdir /etc/cron.d
    """
    provider.guest(lab, "pc-1").run(["sh", "-c", make])
    look = """cd /srv; stat -c '%n %F %u %g %a %h %s %b' suid twin link pipe hole
    ls -A /etc/cron.d; ls -d /usr/bin/who /etc/hosts.allow 2>&1; cat /etc/machine-id"""
    before = provider.guest(lab, "pc-1").run(["sh", "-c", look]).stdout
    provider.snapshot(lab, "pc-1", "clean")
    provider.guest(lab, "pc-1").run(["sh", "-c", "rm -rf /srv /etc/cron.d; date >/etc/machine-id"])
    provider.revert(lab, "pc-1", "clean")
    assert provider.guest(lab, "pc-1").run(["sh", "-c", look]).stdout == before
    assert b"4750 2" in before


def test_who_is_killed_while_copying_leaves_the_guest_running_and_nothing_behind(
    host, provider, plan
):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    guest = provider.guest(lab, "pc-1")
    guest.run(["sh", "-c", "for n in $(seq 40); do head -c 10M /dev/urandom >/srv/$n; done"])
    process = act("snapshot", plan)
    freezer = _freezer_of(guest.init)
    end = time.monotonic() + 30
    while not freezer.is_still():
        assert time.monotonic() < end
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert guest.run(["true"], timeout=5).exit == 0
    assert provider.snapshots(lab) == ()
    provider.snapshot(lab, "pc-1", "clean")
    assert [kept.name for kept in provider.snapshots(lab)] == ["clean"]
    left = host.labs / plan.deployment / "snapshots/team1/clean"
    assert [path.name for path in left.iterdir()] == ["pc-1"]


@pytest.mark.parametrize("dies", ["intended", "stopped", "emptied", "copied", "restored"])
def test_a_revert_killed_at_any_step_is_finished_by_the_next_up(provider, plan, dies):
    provider.up(plan, lambda told: None)
    lab = plan.labs[0]
    provider.guest(lab, "pc-1").write("/srv/work", b"before")
    provider.snapshot(lab, "pc-1", "clean")
    provider.guest(lab, "pc-1").write("/srv/work", b"after")
    process = act("revert", plan, dies)
    assert process.wait(60) == -signal.SIGKILL
    provider.up(plan, lambda told: None)
    assert {told.state for told in provider.status(plan)} == {"running"}
    assert provider.guest(lab, "pc-1").read("/srv/work").content == b"before"
    provider.guest(lab, "pc-1").write("/srv/work", b"after")
    provider.up(plan, lambda told: None)  # and not once more
    assert provider.guest(lab, "pc-1").read("/srv/work").content == b"after"


@pytest.mark.parametrize("version", [1, 2])
def test_a_guest_that_is_held_can_be_let_go_and_taken_down(
    host, provider, plan, version, monkeypatch, tmp_path
):
    if version == 2:  # as on a host without the older kind of control groups
        monkeypatch.setattr("range.providers.lxc.freezer.ROOT", tmp_path)
    provider.up(plan, lambda told: None)
    guest = provider.guest(plan.labs[0], "pc-1")
    guest.run(["systemd-run", "sh", "-c", "while :; do echo x >>/srv/ticks; sleep 0.01; done"])
    freezer = _freezer_of(guest.init)
    assert (version == 2) is (freezer.file.name == "cgroup.freeze")
    with held(guest.init):
        assert freezer.is_still()
        seen = [guest.read("/srv/ticks").size for _ in range(20)]
        assert len(set(seen)) == 1
    assert not freezer.is_still()
    end = time.monotonic() + 10
    while guest.read("/srv/ticks").size == seen[0]:
        assert time.monotonic() < end
    freezer.file.write_text(freezer.hold)
    let_go(guest.init)
    assert guest.run(["true"], timeout=5).exit == 0
    freezer.file.write_text(freezer.hold)
    assert provider.down(plan.deployment) == 8
    assert not Path(host.labs / plan.deployment).exists()

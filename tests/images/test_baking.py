"""Baking on real guests. Roles here are of no scenario; their layers are removed at the end."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from range.errors import ProvisioningFailed
from range.host import remains
from range.images.bake import discard, guest_name
from range.images.ensure import ensure_layers
from range.images.kept import kept_bakes, kept_guest
from range.images.store import exists, place, remove, work_folder
from range.load.roles import role_digest
from range.plan.layers import stack
from range.plan.model import Layer
from range.providers.lxc import container as lxc
from range.scenario.topology import Node
from range.settings import Settings

pytestmark = pytest.mark.guests

WEB = {
    "tasks/main.yml": [
        {"name": "Install", "ansible.builtin.apt": {"name": "hello", "state": "present"}},
        {
            "name": "Write",
            "ansible.builtin.template": {"src": "page.j2", "dest": "/srv/page", "mode": "0640"},
            "notify": "tell",
        },
        {"name": "Say", "ansible.builtin.template": {"src": "name.j2", "dest": "/srv/name"}},
        {
            "name": "Own",
            "ansible.builtin.copy": {
                "content": "x", "dest": "/srv/owned", "owner": "trainee", "mode": "4755",
            },
        },
        {
            "name": "Allow",
            "ansible.builtin.command": "setcap cap_net_bind_service+ep /srv/owned",
        },
        {
            "name": "As a user",
            "ansible.builtin.copy": {"content": "y", "dest": "/home/trainee/note"},
            "become": True,
            "become_user": "trainee",
        },
    ],
    "handlers/main.yml": [
        {"name": "tell", "ansible.builtin.copy": {"content": "told", "dest": "/srv/told"}},
    ],
    "templates/page.j2": "{{ title }} on {{ ansible_facts['distribution'] }}\n",
    "templates/name.j2": "{{ ansible_facts['hostname'] }}",
    "clone.sh": 'printf "%s %s" "$NODE" "$SECRET_DB" >/srv/clone\n',
}  # fmt: skip
EXTRA = {
    "tasks/main.yml": [
        {"name": "Look below", "ansible.builtin.command": "grep -q Aozora /srv/page"},
        {"name": "Remove", "ansible.builtin.file": {"path": "/srv/told", "state": "absent"}},
    ]
}
BROKEN = {
    "tasks/main.yml": [
        {"name": "Fine", "ansible.builtin.copy": {"content": "x", "dest": "/srv/evidence"}},
        {"name": "Reach the moon", "ansible.builtin.command": "sh -c 'echo no rocket >&2; exit 7'"},
    ]
}
SLOW = {
    "tasks/main.yml": [
        {"name": "Mark", "ansible.builtin.copy": {"content": "x", "dest": "/srv/mark"}},
        {"name": "Wait", "ansible.builtin.pause": {"seconds": "{{ seconds }}"}},
    ]
}


@dataclass
class Bakery:
    """Writes roles under names that nobody else has, and bakes stacks of them."""

    here: Settings
    system: str
    folder: Path
    folders: dict[str, Path] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    news: list[tuple[str, str, str]] = field(default_factory=list)

    def role(self, files):
        name = f"t_{uuid.uuid4().hex[:8]}"
        for path, content in files.items():
            target = self.folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content if isinstance(content, str) else json.dumps(content))
        self.folders[name] = self.folder / name
        return name

    def plan(self, *uses):
        roles = [{"role": role, "vars": variables} for role, variables in uses]
        node = Node.model_validate(
            {"title": {"ja": "x", "en": "x"}, "interfaces": [{"network": "n"}], "roles": roles}
        )
        digests = {name: role_digest(folder) for name, folder in self.folders.items()}
        planned = stack(node, self.system, digests)
        self.layers |= {layer.id: layer for layer in planned}
        return planned

    def bake(self, layers, **options):
        def hear(news):
            self.news.append((news.id, news.state, news.detail))

        ensure_layers(self.here, layers, self.folders, hear, **options)

    def clean(self):
        for layer in reversed(self.layers.values()):
            discard(work_folder(self.here, layer.id), guest_name(layer))
            remove(place(self.here, "layer", layer.id))


@pytest.fixture(scope="module")
def bakery(host, debian, tmp_path_factory):
    bakery = Bakery(host, debian, tmp_path_factory.mktemp("roles"))
    yield bakery
    bakery.clean()


@pytest.fixture(scope="module")
def baked(bakery):
    """Two layers, one on the other."""
    layers = bakery.plan((bakery.role(WEB), {"title": "Aozora"}), (bakery.role(EXTRA), {}))
    bakery.bake(layers)
    return layers


def test_an_ordinary_role_works_with_packages_facts_templates_and_handlers(bakery, baked):
    root = bakery.here.layer(baked[0].id)
    assert (root / "srv/page").read_text() == "Aozora on Debian\n"
    assert (root / "srv/name").read_text() == "bake"
    assert (root / "srv/told").read_text() == "told"
    assert (root / "usr/bin/hello").exists()
    assert "Package: hello" in (root / "var/lib/dpkg/status").read_text()


def test_owners_bits_and_capabilities_are_kept_as_the_guest_saw_them(bakery, baked):
    owned = bakery.here.layer(baked[0].id) / "srv/owned"
    facts = owned.stat()
    assert (facts.st_uid, facts.st_gid) == (1000, 0)
    assert stat.S_IMODE(facts.st_mode) in (0o4755, 0o755)  # setcap may clear set-uid
    assert os.getxattr(owned, "security.capability")[:4] == b"\x01\0\0\x02"  # no uid of a bake
    assert (bakery.here.layer(baked[0].id) / "home/trainee/note").stat().st_uid == 1000


def test_nothing_of_the_host_or_of_the_boot_is_left_in_a_layer(bakery, baked):
    root = bakery.here.layer(baked[0].id)
    left = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
    for name in ("etc/resolv.conf", "etc/machine-id", "etc/apt/sources.list", "etc/hostname",
                 "etc/ssl/certs/ca-certificates.crt", "etc/apt/apt.conf.d/99cyder-bake",
                 "var/log/dpkg.log", "var/log/syslog"):  # fmt: skip
        assert name not in left
    assert not [name for name in left if name.endswith(".deb") or "ssh_host_" in name]
    assert not [name for name in left if name.startswith(("tmp/", "run/", "var/lib/apt/lists/"))]
    owners = {path.lstat().st_uid for path in root.rglob("*")}
    assert max(owners) < 65_536


def test_after_the_last_bake_no_network_with_a_way_out_is_left(bakery, baked):
    listed = subprocess.run(
        ["virsh", "-q", "-c", "lxc:///system", "net-list", "--name"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    kept = [lxc.find(bake.guest, 0) for bake in kept_bakes(bakery.here)]
    assert "cyder-bake" not in listed or any(kept)


def test_a_bake_leaves_nothing_of_its_guest_in_run(baked):
    assert remains.FOLDER.is_dir()
    left = remains.guests("cyder-bake-")
    assert left & {guest_name(layer) for layer in baked} == set()


def test_a_second_run_bakes_nothing(bakery, baked):
    before = [place(bakery.here, "layer", layer.id).stat().st_mtime_ns for layer in baked]
    bakery.news.clear()
    bakery.bake(baked)
    after = [place(bakery.here, "layer", layer.id).stat().st_mtime_ns for layer in baked]
    assert before == after
    assert {state for _, state, _ in bakery.news} == {"present"}


@contextlib.contextmanager
def _clone(bakery, layers, env):
    """A guest without network on `layers`, with what a clone gets."""
    name = f"cyder-test-clone-{os.getpid()}"
    work = bakery.here.images / "work" / name
    spec = lxc.ContainerSpec(
        name=name,
        lowers=(bakery.here.system(bakery.system), *[bakery.here.layer(x.id) for x in layers]),
        work=work, uid_base=0x7F00_0000, memory=256 << 20, processes=256, hostname="web-1",
    )  # fmt: skip
    try:
        upper = lxc.prepare(spec)
        given = {
            "etc/machine-id": f"{uuid.uuid4().hex}\n",
            "etc/cyder/clone.env": "".join(f"{key}={value}\n" for key, value in env.items()),
        }
        for path, text in given.items():
            (upper / path).parent.mkdir(parents=True, exist_ok=True)
            (upper / path).write_text(text)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", work / "key"], check=True
        )
        (upper / "etc/ssh").mkdir()
        (work / "key").rename(upper / "etc/ssh/ssh_host_ed25519_key")
        for path in (upper, *upper.rglob("*")):
            os.chown(path, spec.uid_base, spec.uid_base)
        yield lxc.start(spec)
    finally:
        discard(work, name)


def test_a_clone_gets_its_password_and_runs_its_roles_steps_once(bakery, baked):
    env = {"NODE": "web-1", "NODE_SEED": "ab", "SECRET_TRAINEE_PASSWORD": "Quiet7river",
           "SECRET_DB": "s3cret"}  # fmt: skip
    with _clone(bakery, baked, env) as running:
        lxc.wait_until_up(running)
        guest = running.guest()
        assert guest.read("/srv/clone").content == b"web-1 s3cret"
        assert guest.read("/srv/page").content == b"Aozora on Debian\n"
        assert guest.read("/srv/told").type == "absent"  # removed by the upper layer
        assert guest.read("/etc/cyder/clone.env").type == "absent"
        assert guest.read("/usr/lib/cyder/clone.d").type == "absent"
        check = (
            "import crypt, spwd; stored = spwd.getspnam('trainee').sp_pwdp;"
            "print(crypt.crypt('Quiet7river', stored) == stored)"
        )
        assert guest.run(["python3", "-W", "ignore", "-c", check]).stdout == b"True\n"
        assert guest.run(["sudo", "-n", "true"], user="trainee").exit == 0
        date = guest.run(["date", "+%Z"]).stdout
        assert date == b"JST\n"


def test_a_clone_step_that_fails_is_seen_and_keeps_what_it_needs(bakery):
    role = bakery.role({"tasks/main.yml": [], "clone.sh": "exit 9\n"})
    layers = bakery.plan((role, {}))
    bakery.bake(layers)
    with (
        _clone(bakery, layers, {"NODE": "web-1"}) as running,
        pytest.raises(ProvisioningFailed, match=r"cyder-clone\.service"),
    ):
        lxc.wait_until_up(running)


def test_a_failed_role_is_told_with_node_task_and_message_and_its_guest_is_kept(bakery, baked):
    before = place(bakery.here, "layer", baked[0].id).stat().st_mtime_ns
    broken = bakery.role(BROKEN)
    layers = bakery.plan((baked[0].role, {"title": "Aozora"}), (broken, {}))
    assert layers[0] == baked[0]
    with pytest.raises(ProvisioningFailed) as caught:
        bakery.bake(layers, needed_by={layers[1].id: ["www"]})
    message = caught.value.message
    assert (
        f"role {broken} of www failed: task 'Reach the moon' on {guest_name(layers[1])}" in message
    )
    assert "no rocket" in message
    (kept,) = [bake for bake in kept_bakes(bakery.here) if bake.layer == layers[1].id]
    assert kept.guest in caught.value.hint
    evidence = kept_guest(bakery.here, kept.guest).guest().read("/srv/evidence")
    assert evidence.content == b"x"
    assert not exists(bakery.here, "layer", layers[1].id)

    (bakery.folders[broken] / "tasks/main.yml").write_text(json.dumps(BROKEN["tasks/main.yml"][:1]))
    mended = bakery.plan((baked[0].role, {"title": "Aozora"}), (broken, {}))
    bakery.bake(mended)
    assert exists(bakery.here, "layer", mended[1].id)
    assert place(bakery.here, "layer", baked[0].id).stat().st_mtime_ns == before


def test_a_bake_whose_process_was_killed_is_taken_up_by_the_next(bakery):
    role = bakery.role(SLOW)
    (layer,) = bakery.plan((role, {"seconds": 3}))
    program = (
        "import sys; from pathlib import Path; from range.images.ensure import ensure_layers;"
        "from range.plan.model import Layer; from range.settings import settings\n"
        f"ensure_layers(settings(), [{layer!r}], {{{role!r}: Path({str(bakery.folders[role])!r})}},"
        " lambda news: print(news.state, news.detail, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=bakery.here.project
    ) as process:
        for line in process.stdout:
            if "Wait" in line:
                break
        process.send_signal(signal.SIGKILL)
    assert not exists(bakery.here, "layer", layer.id)
    bakery.bake([layer])
    assert (bakery.here.layer(layer.id) / "srv/mark").read_text() == "x"
    assert not work_folder(bakery.here, layer.id).exists()
    assert lxc.find(guest_name(layer), 0) is None

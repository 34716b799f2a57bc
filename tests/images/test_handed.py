import os

import pytest

from range.images.handed import hand_back, proxies


@pytest.fixture
def layer(tmp_path):
    folder = tmp_path / "layer"
    for name in ("etc/ssh", "var/log/apt", "var/lib/apt/lists", "srv", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def lent(tmp_path):
    folder = tmp_path / "lent"
    (folder / "etc/ssl").mkdir(parents=True)
    (folder / "etc/resolv.conf").write_text("nameserver 198.19.254.1\n")
    (folder / "etc/ssl/bundle").write_text("the host's authorities")
    return folder


def test_what_a_boot_and_apt_leave_behind_goes(layer, lent):
    for name in ("etc/ssh/ssh_host_ed25519_key", "etc/machine-id", "var/log/apt/history.log",
                 "var/lib/apt/lists/index", "tmp/x", "var/log/syslog"):  # fmt: skip
        (layer / name).write_text("x")
    hand_back(layer, lent)
    left = {str(path.relative_to(layer)) for path in layer.rglob("*") if path.is_file()}
    assert left == set()


def test_what_the_role_wrote_stays(layer, lent):
    for name in ("srv/page", "etc/ssh/sshd_config", "var/log/story.log"):
        (layer / name).write_text("x")
    hand_back(layer, lent)
    assert {path.name for path in layer.rglob("*") if path.is_file()} == {
        "page", "sshd_config", "story.log",
    }  # fmt: skip


def test_a_copy_of_something_lent_goes_but_the_roles_own_version_stays(layer, lent):
    (layer / "etc/ssl").mkdir()
    (layer / "etc/ssl/bundle").write_text("the host's authorities")
    (layer / "etc/resolv.conf").write_text("nameserver 10.0.0.1\n")
    hand_back(layer, lent)
    assert not (layer / "etc/ssl/bundle").exists()
    assert (layer / "etc/resolv.conf").read_text() == "nameserver 10.0.0.1\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="making a whiteout needs root")
def test_the_note_that_something_lent_was_removed_goes(layer, lent):
    os.mknod(layer / "etc/resolv.conf", 0o600 | 0o020000, os.makedev(0, 0))
    hand_back(layer, lent)
    assert not os.path.lexists(layer / "etc/resolv.conf")


def test_a_link_in_a_layer_is_never_followed_out_of_it(layer, lent, tmp_path):
    outside = tmp_path / "host"
    (outside / "apt").mkdir(parents=True)
    (outside / "apt/history.log").write_text("the host's")
    (outside / "ssh_host_rsa_key").write_text("the host's")
    (layer / "var/log/apt").rmdir()
    (layer / "var/log").rmdir()
    (layer / "var/log").symlink_to(outside)
    (layer / "etc/ssh").rmdir()
    (layer / "etc/ssh").symlink_to(outside)
    hand_back(layer, lent)
    assert (outside / "apt/history.log").exists()
    assert (outside / "ssh_host_rsa_key").exists()


def test_only_proxies_that_a_guest_can_reach_are_lent(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert proxies() == {"http_proxy": "http://proxy.example:3128"}

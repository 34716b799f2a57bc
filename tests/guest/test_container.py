from __future__ import annotations

import pytest

from range.guest.base import GuestUnreachable
from range.guest.container import ContainerGuest

pytestmark = pytest.mark.guests


def test_a_program_runs_as_root_of_the_guest_and_not_of_the_host(guest):
    done = guest.run(["sh", "-c", "id -u; cat /proc/1/uid_map; hostname"])
    user, mapping, name = done.stdout.decode().splitlines()
    assert (user, name) == ("0", "pc-1")
    assert mapping.split() == ["0", str(guest.uid_base), "65536"]


def test_a_program_runs_as_another_user_in_that_users_name(guest):
    done = guest.run(["sh", "-c", "id -un; echo $HOME; echo $USER"], user="trainee")
    assert done.stdout.decode().split() == ["trainee", "/home/trainee", "trainee"]


def test_an_unknown_user_is_an_error_of_the_check(guest):
    with pytest.raises(GuestUnreachable, match="no user 'nobody-here'"):
        guest.run(["id"], user="nobody-here")


def test_the_exit_code_and_both_outputs_come_back(guest):
    done = guest.run(["sh", "-c", "echo out; echo err >&2; exit 7"])
    assert (done.exit, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_a_program_that_a_signal_ended_says_which(guest):
    assert guest.run(["sh", "-c", "kill -9 $$"]).exit == 128 + 9


def test_a_missing_program_is_told_by_its_exit_code(guest):
    assert guest.run(["no-such-program"]).exit == 127


def test_standard_input_of_any_size_arrives(guest):
    content = bytes(range(256)) * 8192
    done = guest.run(["sha256sum"], stdin=content)
    import hashlib

    assert done.stdout.split()[0].decode() == hashlib.sha256(content).hexdigest()


def test_variables_are_values_never_shell_words(guest):
    value = "a'b\"$(touch /tmp/broken)`id`\n\\x;日本"
    done = guest.run(["sh", "-c", 'printf %s "$VALUE"; ls /tmp/broken'], env={"VALUE": value})
    assert done.stdout.decode() == value
    assert b"cannot access" in done.stderr


def test_a_variable_that_steers_loading_stays_inside(guest):
    """On the host's side of the entry it would make the host's own programs load a library."""
    done = guest.run(["sh", "-c", "echo $LD_PRELOAD"], env={"LD_PRELOAD": "/nowhere.so"})
    assert done.exit == 0
    assert done.stdout == b"/nowhere.so\n"
    assert b"nsenter" not in done.stderr


def test_the_name_of_a_variable_cannot_carry_a_command(guest):
    with pytest.raises(GuestUnreachable, match="cannot be an environment variable"):
        guest.run(["true"], env={"A=1; touch /tmp/x; B": "1"})


def test_what_exceeds_the_limit_is_cut_and_said_to_be(guest):
    done = guest.run(["sh", "-c", "head -c 5000000 /dev/zero"], limit=1000)
    assert len(done.stdout) == 1000
    assert done.truncated
    assert done.exit == 0


def test_a_program_without_end_is_ended(guest):
    with pytest.raises(GuestUnreachable, match=r"no end within 0\.3 s"):
        guest.run(["sh", "-c", "sleep 4711; true"], timeout=0.3)
    assert not [p for p in guest.processes() if "4711" in p.command]


def test_what_runs_on_in_the_background_is_not_waited_for(guest):
    done = guest.run(["sh", "-c", "sleep 4712 & echo started"], timeout=5)
    assert done.stdout == b"started\n"
    guest.run(["pkill", "-f", "sleep 4712"])


def test_the_control_path_counts_against_the_limits_of_the_guest(guest):
    """Else what the control path starts could take the host's memory and processes."""
    control = guest.run(["cat", "/proc/self/cgroup"]).stdout.decode().splitlines()
    own = guest.run(["cat", "/proc/1/cgroup"]).stdout.decode().splitlines()
    for line in own:
        assert line in control


def test_nothing_of_the_host_is_open_in_the_guest(guest):
    done = guest.run(["sh", "-c", "for f in /proc/self/fd/*; do readlink $f; done"])
    opened = [line for line in done.stdout.decode().split() if not line.startswith("pipe:")]
    assert not [line for line in opened if not line.startswith("/proc/")]


def test_files_are_read_with_owner_mode_and_digest(guest):
    guest.run(["sh", "-c", "printf secret > /srv/f; chown 33:0 /srv/f; chmod 640 /srv/f"])
    claim = guest.read("/srv/f")
    assert (claim.type, claim.content, claim.uid, claim.gid) == ("file", b"secret", 33, 0)
    assert claim.mode == 0o640
    assert claim.sha256.startswith("2bb80d537b1da3e3")


def test_the_end_of_a_large_file_can_be_read(guest):
    guest.run(["sh", "-c", "seq 100000 > /srv/large"])
    claim = guest.read("/srv/large", limit=7, tail=True)
    assert claim.content == b"100000\n"
    assert claim.size == 588_895


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("/etc/hostname", b"pc-1\n"),
        ("../../../../../../etc/hostname", b"pc-1\n"),
        ("/srv/to-host/../../etc/hostname", b"pc-1\n"),
    ],
)
def test_a_link_leads_to_the_guests_own_file_never_to_the_hosts(guest, link, leads):
    guest.run(["sh", "-c", f"mkdir -p /srv/to-host; ln -sfn {link} /srv/link"])
    assert guest.read("/srv/link").content == leads


@pytest.mark.parametrize("leads", ["/proc/1/root/etc/hostname", "/proc/kallsyms", "/proc/kcore"])
def test_a_link_into_proc_shows_nothing_of_the_host(guest, leads):
    """With the host's rights, the guest's /proc would show the host's kernel."""
    guest.run(["ln", "-sfn", leads, "/srv/magic"])
    claim = guest.read("/srv/magic")
    assert (claim.content, claim.sha256) == (b"", "")


def test_nothing_is_made_through_a_link_into_the_hosts_control_groups(guest):
    guest.run(["ln", "-sfn", "/sys/fs/cgroup", "/srv/groups"])
    with pytest.raises(GuestUnreachable, match="not a place for files"):
        guest.write("/srv/groups/new/file", b"x")
    assert guest.run(["ls", "/sys/fs/cgroup/new"]).exit != 0


def test_what_is_not_there_and_what_is_no_file_is_said(guest):
    guest.run(["sh", "-c", "ln -sfn /nowhere /srv/dangling; mkfifo -m 666 /srv/pipe"])
    kinds = {path: guest.read(path).type for path in ("/srv/none", "/srv", "/srv/dangling",
                                                      "/srv/pipe", "/dev/null")}  # fmt: skip
    assert kinds == {
        "/srv/none": "absent",
        "/srv": "directory",
        "/srv/dangling": "link",
        "/srv/pipe": "other",
        "/dev/null": "other",
    }


def test_a_file_is_put_in_with_the_folders_it_needs(guest):
    guest.write("/srv/new/deep/file", b"content", mode=0o600, uid=33)
    done = guest.run(["stat", "-c", "%u %g %a", "/srv/new/deep/file", "/srv/new"])
    assert done.stdout.split() == [b"33", b"33", b"600", b"0", b"0", b"755"]
    assert guest.read("/srv/new/deep/file").content == b"content"


def test_writing_replaces_a_link_instead_of_following_it(guest):
    guest.run(["sh", "-c", "echo keep > /srv/kept; ln -sfn /srv/kept /srv/replaced"])
    guest.write("/srv/replaced", b"new")
    assert guest.read("/srv/kept").content == b"keep\n"
    assert guest.read("/srv/replaced").content == b"new"


def test_a_folder_that_is_a_link_out_is_taken_inside_the_root(guest, tmp_path):
    guest.run(["ln", "-sfn", str(tmp_path), "/srv/away"])
    with pytest.raises(GuestUnreachable, match="cannot write"):
        guest.write("/srv/away/file", b"x")
    assert not list(tmp_path.iterdir())


def test_processes_are_those_of_the_guest_also_in_namespaces_it_made(guest):
    started = "until pgrep -xf 'sleep 4713' && pgrep -xf 'sleep 4714'; do :; done"
    guest.run(["sh", "-c", f"unshare -pf sleep 4713 & sleep 4714 & {started}"])
    commands = [process.command for process in guest.processes()]
    guest.run(["pkill", "-f", "sleep 471"])
    assert ("sleep", "4713") in commands
    assert ("sleep", "4714") in commands
    assert commands[0][0].endswith("init")
    assert not [command for command in commands if "pytest" in " ".join(command)]


def test_a_guest_that_ended_is_unreachable_for_every_verb():
    gone = ContainerGuest("gone", 2**22 - 3, 1_000_000)
    for act in (
        lambda: gone.run(["true"]),
        lambda: gone.read("/etc/hostname"),
        lambda: gone.write("/srv/x", b""),
        gone.processes,
    ):
        with pytest.raises(GuestUnreachable, match="does not run"):
            act()

"""The doctor finds what a host lacks, mends what can be mended, and says so."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from range.cli.doctor import command
from range.errors import CyderError, HostNotReady
from range.host import doctor, leftovers, limits, remains
from range.host.claims import claims
from range.host.doctor import Finding, mend
from range.settings import Settings


def test_a_limit_holds_when_the_kernel_has_at_least_what_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_SYSCTL", tmp_path)
    (tmp_path / "fs").mkdir()
    (tmp_path / "fs" / "low").write_text("128\n")
    limit = limits.Limit("fs.low", 8192, "why")
    assert not limit.holds
    limit.apply()
    assert limit.holds
    assert (tmp_path / "fs" / "low").read_text() == "8192\n"


def test_an_exact_limit_does_not_hold_when_the_kernel_has_more(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_SYSCTL", tmp_path)
    (tmp_path / "flag").write_text("1\n")
    assert not limits.Limit("flag", 0, "why", exact=True).holds


def test_a_setting_that_the_kernel_does_not_know_needs_no_mending(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "_SYSCTL", tmp_path)
    assert limits.Limit("net.bridge.nothing", 0, "why", exact=True).holds


def test_devices_of_a_known_slot_or_of_foreign_guests_are_no_leftovers(tmp_path, monkeypatch):
    home = Settings(home=tmp_path, host=tmp_path / "host")
    (tmp_path / "labs" / "city").mkdir(parents=True)
    (tmp_path / "labs" / "city" / "plan.json").write_text(json.dumps({"slot": 3}))
    with claims(home.slots) as host:
        host.take(6, tmp_path / "other" / "labs" / "theirs" / "slot")
        host.take(4, tmp_path / "labs" / "never-planned" / "slot")
    names = ["cy0300b00", "cy0400b00", "cy0500b00", "cy0600b00", "eth0"]
    monkeypatch.setattr(leftovers, "Path", _net_folder(tmp_path, names))
    monkeypatch.setattr(leftovers, "_domains", lambda settings, prefixes: ([], {"05"}))
    monkeypatch.setattr(leftovers, "_remains", lambda seen: [])
    found = [(item.kind, item.name) for item in leftovers.leftovers(home)]
    assert found == [("network device", "cy0400b00")]


def _net_folder(tmp_path, names):
    net = tmp_path / "net"
    net.mkdir()
    for name in names:
        (net / name).touch()

    empty = tmp_path / "empty"
    empty.touch()
    elsewhere = {"/sys/class/net": net, "/run/netns": empty, "/proc/self/mountinfo": empty}

    def path(given):
        return elsewhere.get(given) or Path(given)

    return path


class _Domain:
    """A guest as libvirt lists it."""

    def __init__(self, name, home, slot):
        self._name, self._xml = name, f"<source dir='{home}/labs/x/root'/><target dev='cy{slot}a'/>"

    def name(self):
        return self._name

    def XMLDesc(self):
        return self._xml


def test_guests_of_another_state_folder_are_no_leftovers(tmp_path, monkeypatch):
    import libvirt

    domains = [
        _Domain("cyder-old-team1-fw", tmp_path, "01"),
        _Domain("cyder-city-team1-fw", tmp_path, "02"),
        _Domain("cyder-theirs-team1-fw", "/srv/other", "03"),
        _Domain("cyder-bake-x", tmp_path, "04"),
    ]
    connection = type("Connection", (), {"listAllDomains": lambda self: domains})()
    monkeypatch.setattr(libvirt, "open", lambda uri: connection)
    found, foreign = leftovers._domains(Settings(home=tmp_path), ("cyder-city-",))
    assert [item.name for item in found] == ["cyder-old-team1-fw"]
    assert foreign == {"03"}


def test_what_libvirt_keeps_of_ended_guests_is_a_leftover_and_of_running_ones_is_not(
    tmp_path, monkeypatch
):
    import libvirt

    for guest in ("cyder-old-team1-fw", "cyder-city-team1-fw", "theirs"):
        for end in (".dev", ".devpts", ".fuse"):
            (tmp_path / f"{guest}{end}").mkdir()
        (tmp_path / f"{guest}.sock").touch()
    running = [_Domain("cyder-city-team1-fw", "/srv/other", "01")]
    connection = type("Connection", (), {"listAllDomains": lambda self: running})()
    monkeypatch.setattr(libvirt, "open", lambda uri: connection)
    monkeypatch.setattr(remains, "FOLDER", tmp_path)
    [found] = leftovers._remains(remains.guests("cyder-"))
    assert found.name == "cyder-old-team1-fw"
    found.remove()
    assert remains.guests("") == {"cyder-city-team1-fw", "theirs"}


def test_where_libvirt_does_not_answer_nothing_of_a_guest_is_taken_away(tmp_path, monkeypatch):
    import libvirt

    def closed(uri):
        raise libvirt.libvirtError("no")

    (tmp_path / "cyder-city-team1-fw.dev").mkdir()
    monkeypatch.setattr(libvirt, "open", closed)
    monkeypatch.setattr(remains, "FOLDER", tmp_path)
    assert leftovers._remains(remains.guests("cyder-")) == []


def test_a_host_without_loop_devices_is_told_what_that_means(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_LOOPS", tmp_path / "loop-control")
    assert doctor._loops().state == "note"
    (tmp_path / "loop-control").touch()
    assert doctor._loops().state == "ok"


def test_what_could_not_be_mended_says_why_and_stays_a_lack():
    def fail():
        raise OSError("read-only file system")

    after = mend(Finding("limits", "lack", "low", "raise them", fail))
    assert after.state == "lack"
    assert "read-only file system" in after.detail


def test_what_was_mended_is_ok_and_tells_what_was_wrong():
    after = mend(Finding("limits", "lack", "low", "raise them", lambda: None))
    assert (after.state, after.detail) == ("ok", "mended; was: low")


def test_a_lack_ends_the_command_with_host_not_ready(monkeypatch):
    findings = [Finding("rights", "ok", "root"), Finding("disk", "lack", "1 GiB free")]
    monkeypatch.setattr("range.cli.doctor.examine", lambda settings: findings)
    result = CliRunner().invoke(command, ["--json"])
    assert isinstance(result.exception, HostNotReady)
    rows = json.loads(result.output.splitlines()[0])["findings"]
    assert [row["state"] for row in rows] == ["ok", "lack"]


def test_every_package_of_the_list_is_asked_for(monkeypatch):
    finding = doctor._packages()
    if finding.state == "note":
        pytest.skip("this host is no Debian")
    assert finding.state == "ok", finding.detail
    assert int(finding.detail.split()[0]) > 20


def test_errors_carry_the_exit_codes_of_the_design():
    from range import errors

    codes = {
        error.__name__: error.exit_code
        for error in (
            errors.CyderError,
            errors.InvalidInput,
            errors.HostNotReady,
            errors.ProvisioningFailed,
        )
    }
    assert codes == {"CyderError": 1, "InvalidInput": 2, "HostNotReady": 3, "ProvisioningFailed": 4}
    assert issubclass(errors.InvalidInput, CyderError)

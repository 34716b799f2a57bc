"""あおぞら市 on real guests: attacked, defended, graded; its traffic, its noise, its crashes."""

import ipaddress
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from contextlib import closing

import pytest
from helpers import rehearsal as rehearsals
from helpers import wire

from range.access.client import TeamClient
from range.checks.observe import LabView, observe
from range.injects.message import message_id
from range.network.agent.agent import Agents
from range.providers.registry import provider
from range.scenario.inject import Procedure
from range.settings import settings

pytestmark = [pytest.mark.guests, pytest.mark.slow, pytest.mark.usefixtures("host")]

ATTACKS = ("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """One exercise: team1 solves, team2 does nothing; team2's wires are recorded."""
    run = rehearsals.begin(
        "municipality", "--teams", "2", "--responder", "team1=solution", "--responder", "team2=idle"
    )
    try:
        with wire.tap(run, "team2", tmp_path_factory.mktemp("wires")) as files:
            run.wait()
        run.wires = {node: wire.packets(file) for node, file in files.items()}
        yield run
    finally:
        rehearsals.remove(run)


def guest(run, team, node):
    return provider("lxc", settings()).guest(run.lab(team), node)


def test_the_reference_solution_earns_95_and_an_idle_team_15_at_most(played):
    assert played.score("team1") >= 95
    assert played.score("team2") <= 15
    assert not any(row["provisional"] for row in played.result["teams"])


def test_every_attack_succeeds_against_a_team_that_does_nothing(played):
    outcomes = played.outcomes("team2")
    assert {id_: outcomes[id_]["outcome"] for id_ in ATTACKS} == dict.fromkeys(ATTACKS, "succeeded")
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", outcomes[id_]["technique"]) for id_ in ATTACKS)


def test_a_cut_implant_stops_later_steps_and_the_log_names_what_blocked_them(played):
    prevented = {
        id_: data
        for id_, data in played.outcomes("team1").items()
        if data["outcome"] == "prevented"
    }
    assert prevented, "the solution stopped nothing"
    assert all(data["blocked_by"] for data in prevented.values())


def test_no_inject_ended_as_an_error_of_the_range(played):
    wrong = {
        f"{team} {id_}": data["detail"]
        for team in ("team1", "team2")
        for id_, data in played.outcomes(team).items()
        if data["outcome"] == "error"
    }
    assert wrong == {}


def test_the_wire_shows_the_lure_and_the_beacons(played):
    shown = wire.attack(played.wires)
    assert len(shown["lure"]) == len(shown["attachment"]) == 1
    assert shown["lure"][0].at < shown["beacons"][0].at
    assert len(shown["beacons"]) >= 3


def test_the_wire_shows_the_way_from_the_pc_into_the_file_server(played):
    shown = wire.attack(played.wires)
    assert shown["lateral"], "pc-1 did not look into the residents' folder"
    assert shown["listing"], "the file server did not list the residents' data"
    assert shown["collection"], "pc-1 did not open the residents' data"
    residents = wire.said(
        played.wires["files"], "氏名".encode(), source=wire.FILES, target=wire.PC_1, back=445
    )
    assert residents, "the residents' data did not cross the border of the layers"
    assert shown["lateral"][0].at < shown["collection"][0].at < residents[-1].at


def test_the_wire_shows_residents_data_leaving_through_the_proxy(played):
    shown = wire.attack(played.wires)
    assert len(shown["upload"]) == len(shown["exfiltration"]) == len(shown["out"]) >= 1
    size = int(played.outcomes("team2")["A07"]["facts"]["bytes"])
    _, _, body = wire.stream(played.wires["fw"], shown["out"][0]).partition(b"\r\n\r\n")
    assert body.startswith(b"\x1f\x8b"), "what left is no archive"
    assert len(body) >= size
    assert shown["collection"][0].at < shown["upload"][0].at <= shown["out"][0].at


def test_the_wire_shows_the_public_site_being_defaced(played):
    shown = wire.attack(played.wires)
    assert shown["defacement"]
    assert shown["defaced"], "the site never answered with the attacker's page"
    assert shown["out"][0].at < shown["defacement"][0].at < shown["defaced"][-1].at


def test_the_city_works_on_while_it_is_attacked(played):
    shown = wire.attack(played.wires)
    first, last = shown["lure"][0].at, shown["defaced"][-1].at
    meanwhile = {
        node: sum(first < packet.at < last for packet in requests)
        for node, requests in wire.ordinary(played.wires).items()
    }
    assert min(meanwhile.values()) >= 5, meanwhile


def test_logs_that_trainees_read_were_written_by_the_services(played):
    client = TeamClient(played.lab("team2"))
    try:
        proxy = client.run("proxy", "sudo grep -c sync-update /var/log/squid/access.log")
        mail = client.run("mail", "sudo grep -c 'to=<tanaka@' /var/log/mail.log")
    finally:
        client.close()
    assert int(proxy.stdout) >= 3
    assert int(mail.stdout) >= 1


def test_a_scan_from_a_trainees_node_finds_only_the_own_lab(played):
    lab = played.lab("team2")
    own = {str(nic.address) for node in lab.nodes for nic in node.nics}
    own |= {str(node.access.address) for node in lab.nodes if node.access}
    own |= {str(address) for probe in lab.probes for address in probe.addresses}
    segments = sorted(
        {
            str(ipaddress.IPv4Interface(f"{nic.address}/{nic.prefix}").network)
            for node in lab.nodes
            for nic in node.nics
        }
    )
    soc = guest(played, "team2", "soc")
    scan = ["nmap", "-n", "-sn", "-T5", "--max-retries", "1", "-oG", "-", *segments, "192.0.2.0/24"]
    done = soc.run(scan, timeout=300, limit=1_000_000)
    assert done.exit == 0, done.stderr
    up = set(re.findall(r"Host: (\S+) .*Status: Up", done.stdout.decode()))
    assert up, "the scan found nothing at all: it proves nothing"
    assert up <= own


def test_cutting_off_one_pc_does_not_close_the_border(played):
    fw = guest(played, "team2", "fw")

    def border(change):
        asked = fw.run(
            ["nft", change, "element", "inet", "filter", "quarantine", "{", wire.PC_2, "}"]
        )
        assert asked.exit == 0, asked.stderr
        with closing(Agents()) as agents:
            scenario = played.exercise.bundle().scenario
            view = LabView(provider("lxc", settings()), played.lab("team2"), scenario, {}, agents)
            parts = scenario.checks["border-closed"].combine.all
            return {name: observe(scenario.checks[name].probe, view).raw for name in parts}

    try:
        seen = border("add")
    finally:
        after = border("delete")
    assert not seen["border-closed-to-staff"]["connected"]
    assert seen["border-closed-to-guests"]["connected"]
    assert all(raw["connected"] for raw in after.values())


def test_checks_work_from_a_checkout_that_only_root_can_read(played, tmp_path):
    """As one below /root: what looks into labs has given up its rights, and reads no file of it."""
    hidden = tmp_path / "hidden"
    for name in ("project", "environment"):
        (hidden / name).mkdir(parents=True)
    hidden.chmod(0o700)
    asked = [f"{hidden}/environment/bin/python", "tests/helpers/all_probes.py",
             "municipality", played.exercise.id, "team2"]  # fmt: skip
    script = (
        f'set -eu; mount --bind "$1" {hidden}/project; mount --bind "$2" {hidden}/environment; '
        f"cd {hidden}/project; shift 2; PYTHONPATH={hidden}/project exec "
    ) + '"$@"'
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
         str(settings().project), os.path.realpath(sys.prefix), *asked],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {}


def test_scores_are_the_same_when_computed_again_from_the_log(played):
    first = rehearsals.cyder("regrade", played.exercise.id, "--json")
    second = rehearsals.cyder("regrade", played.exercise.id, "--json")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["teams"] == played.result["teams"]


def test_an_engine_killed_at_random_moments_loses_nothing_and_does_nothing_twice(played):
    dice = random.Random(20261121)
    run = rehearsals.begin(
        "municipality", "--teams", "2", "--responder", "team1=solution", "--responder", "team2=idle"
    )
    try:
        hits = rehearsals.kill_and_resume(run, 20, dice)
        run.wait()
        assert hits >= 10
        for team in ("team1", "team2"):
            assert abs(run.score(team) - played.score(team)) <= 0.5
            assert {i: d["outcome"] for i, d in run.outcomes(team).items()} == {
                i: d["outcome"] for i, d in played.outcomes(team).items()
            }
            _each_mail_came_once(run, team)
    finally:
        rehearsals.remove(run)


def _each_mail_came_once(run, team):
    """The receipts of messages are the messages: each Message-ID lies in the store once."""
    found = guest(run, team, "mail").run(
        ["sh", "-c", "grep -rhaiE '^Message-ID: ' /var/mail /home /srv || true"], timeout=60
    )
    told = found.stdout.decode(errors="replace")
    assert not re.search(rf"{run.exercise.id}|cyder|\b[AMEC]\d\d\b", told), "a mail tells of it"
    seed, injects = run.lab(team).seed, run.exercise.bundle().scenario.injects
    ours = {message_id(seed, inject).partition("@")[0] for inject in injects}
    times = Counter(id_ for id_ in re.findall(r"<[0-9a-f]+(?=@)", told) if id_ in ours)
    assert times, "no message of the exercise is in the store"
    assert max(times.values()) == 1, times.most_common(3)


def test_procedures_name_the_technique_they_carry_out():
    import yaml

    folder = settings().playbooks / "procedures"
    red = [
        procedure
        for path in folder.glob("*.yaml")
        if (procedure := Procedure.model_validate(yaml.safe_load(path.read_text()))).side == "red"
    ]
    assert len(red) >= 7
    assert [procedure.procedure for procedure in red if procedure.technique is None] == []

"""あおぞら市 on real guests: attacked, defended, graded; its traffic, its noise, its crashes."""

import ipaddress
import json
import random
import re
from collections import Counter

import pytest
from helpers import rehearsal as rehearsals

from range.access.client import TeamClient
from range.providers.registry import provider
from range.scenario.inject import Procedure
from range.settings import settings

pytestmark = [pytest.mark.guests, pytest.mark.slow, pytest.mark.usefixtures("host")]

ATTACKS = ("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08")
C2 = "203.0.113.140"


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """One exercise: team1 solves, team2 does nothing; team2's Internet segment is recorded."""
    pcap = tmp_path_factory.mktemp("capture") / "internet.pcap"
    run = rehearsals.begin(
        "municipality", "--teams", "2", "--responder", "team1=solution", "--responder", "team2=idle"
    )
    try:
        with rehearsals.capture(run, "team2", "fw", "internet", pcap):
            run.wait()
        run.pcap = pcap
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


def test_the_wire_shows_the_attack(played):
    text = rehearsals.spoken(played.pcap)
    assert "rcpt to:<tanaka@city.aozora.example>" in text.lower()
    beacons = rehearsals.spoken(played.pcap, f"host {C2}").count("GET /api/v2/status?id=")
    assert beacons >= 3


def test_logs_that_trainees_read_were_written_by_the_services(played):
    client = TeamClient(played.lab("team2"))
    try:
        proxy = client.run("proxy", "sudo grep -c sync-update /var/log/squid/access.log")
        mail = client.run("mail", "sudo grep -c 'to=<tanaka@' /var/log/mail.log")
    finally:
        client.close()
    assert int(proxy.stdout) >= 3
    assert int(mail.stdout) >= 1


def test_benign_users_alone_look_like_the_beacon_to_a_naive_search(played):
    log = guest(played, "team2", "proxy").read("/var/log/squid/access.log", limit=4_000_000)
    lines = [
        line
        for line in log.content.decode(errors="replace").splitlines()
        if "sync-update" not in line
    ]
    false_positives = [line for line in lines if "/api/v2/status" in line]
    assert len(false_positives) >= 5
    pages = Counter(match[1] for line in lines if (match := re.search(r"(https?://\S+)", line)))
    assert len(pages) >= 10, "sessions of users do not vary"


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
        [
            "sh",
            "-c",
            f"grep -rhaiE '^Message-ID: .*{run.exercise.id}' /var/mail /home /srv || true",
        ],
        timeout=60,
    )
    times = Counter(found.stdout.decode().split("\n")) - Counter([""])
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

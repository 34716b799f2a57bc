"""あおぞら市 on real guests with the attacks removed: an ordinary day, in which nothing is wrong.

The white cell passes over every attack and every act that an attack needs; everything else of the
scenario goes on. What an analyst finds here is a false positive.
"""

import re
import time
from collections import Counter

import pytest
import yaml
from helpers import rehearsal as rehearsals
from helpers import wire

from range.access.client import TeamClient
from range.events.event import Kind
from range.exercise.control import control
from range.load.responder import load_responder
from range.providers.registry import provider
from range.scenario.inject import Procedure
from range.settings import settings

pytestmark = [pytest.mark.guests, pytest.mark.slow, pytest.mark.usefixtures("host")]

SPEED = 12.0  # users hurry as much: three hours of theirs would pass in a quarter of one
ENOUGH = 8  # look-alikes of the beacon from each PC
WITHIN = 420.0
SQUID = "/var/log/squid/access.log"
BEACON = "/api/v2/status"
# Traces which the daily work of the staff leaves just as well, the noise that an attack hides in;
# and the memo with the password, which lies there whether anybody steals it or not.
ALIKE = {("smb-lateral", "files"), ("smb-lateral", "fw"), ("find-credentials", "pc-1")}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """One team's ordinary day, with its wires recorded; over when the users have lived enough."""
    run = rehearsals.begin(
        "municipality", "--teams", "1", "--speed", str(SPEED), "--no-preflight", led=True
    )
    try:
        with wire.tap(run, "team1", tmp_path_factory.mktemp("wires")) as files:
            _await(run.ready, run)
            for inject in _attacks(run):
                control(settings(), run.exercise.id, "skip", {"inject": inject})
            control(settings(), run.exercise.id, "start", {})
            _await(lambda: _lived(run), run)
            control(settings(), run.exercise.id, "end", {"reason": "enough"})
            run.wait()
        run.wires = {node: wire.packets(file) for node, file in files.items()}
        yield run
    finally:
        rehearsals.remove(run)


def _attacks(run):
    """Injects that are attacks, or that do what an attack needs done."""
    injects = run.exercise.bundle().scenario.injects
    return [id_ for id_, inject in injects.items() if inject.attack or inject.event]


def _await(true, run):
    end = time.monotonic() + WITHIN
    while not true():
        assert run.process.poll() is None, run.process.communicate()
        assert time.monotonic() < end, "it takes too long"
        time.sleep(1)


def _lived(run):
    alike = Counter(client for client, url, _ in _requests(run) if BEACON in url)
    return all(alike[pc] >= ENOUGH for pc in (wire.PC_1, wire.PC_2)) and all(
        _found(run, node, path, pattern)
        for node, path, pattern in (
            ("mail", "/var/log/mail.log", r"from=<tanaka@"),
            ("files", "/var/log/samba/audit.log", r"\|10\.10\.20\.101\|kyoyu\|"),
            ("files", "/var/log/samba/audit.log", r"\|10\.10\.20\.102\|kyoyu\|"),
        )
    )


def _guest(run, node):
    return provider("lxc", settings()).guest(run.lab("team1"), node)


def _found(run, node, path, pattern):
    log = _guest(run, node).read(path, limit=8_000_000).content.decode(errors="replace")
    return re.findall(pattern, log)


def _requests(run):
    """Client, URL and user agent of what the proxy logged."""
    lines = _guest(run, "proxy").read(SQUID, limit=8_000_000).content.decode(errors="replace")
    for line in lines.splitlines():
        parts, agent = line.split(), re.search(r'"([^"]*)"\s*$', line)
        if len(parts) > 7 and agent:
            yield parts[2], parts[6], agent[1]


def test_nothing_of_the_attack_has_happened(quiet):
    attacks = _attacks(quiet)
    assert len(attacks) >= 12
    outcomes = quiet.outcomes("team1")
    assert {outcomes[id_]["outcome"] for id_ in attacks} == {"skipped"}
    [start] = [event.wall for event in quiet.events() if event.kind is Kind.STARTED]
    strangers = {
        (packet.source, packet.target)
        for heard in quiet.wires.values()
        for packet in heard
        if packet.at > start and {wire.C2, wire.ATTACKER} & {packet.source, packet.target}
    }
    assert strangers == set()


def test_the_wires_of_an_ordinary_day_show_no_step_of_the_attack(quiet):
    assert {step for step, heard in wire.attack(quiet.wires).items() if heard} == set()
    busy = {node: len(requests) for node, requests in wire.ordinary(quiet.wires).items()}
    assert min(busy.values()) >= 5, busy


def test_a_naive_search_for_the_beacon_gives_false_positives_from_every_pc(quiet):
    hits = [(client, url) for client, url, _ in _requests(quiet) if BEACON in url]
    clients = Counter(client for client, _ in hits)
    assert clients[wire.PC_1] >= ENOUGH
    assert clients[wire.PC_2] >= ENOUGH
    hosts = {url.split("/")[2] for _, url in hits}
    assert len(hosts) >= 3, hosts
    assert any("sync" in host for host in hosts), "a search for the C2's name finds nothing alike"
    assert "cdn.sync-update.example" not in hosts


def test_sessions_of_users_vary(quiet):
    requests = list(_requests(quiet))
    assert len({url.split("?")[0] for _, url, _ in requests}) >= 12
    assert len({agent for _, _, agent in requests}) >= 3
    for client in (wire.PC_1, wire.PC_2):
        visits = [url for sender, url, _ in requests if sender == client]
        assert len({url.split("/")[2] for url in visits}) >= 5


def test_the_reference_analysts_own_rules_accuse_nobody(quiet):
    """The rules that find the implant in an attacked lab (else the solution would earn nothing)."""
    bundle = quiet.exercise.bundle()
    solution = load_responder(quiet.exercise.scenario / "solution.yaml", bundle)
    client = TeamClient(quiet.lab("team1"))
    try:
        proxy = client.run("proxy", solution.steps["read-proxy"].ssh.run)
        mail = client.run("mail", solution.steps["read-mail-log"].ssh.run)
    finally:
        client.close()
    assert proxy.exit == 0, proxy.stderr
    assert "client=" not in proxy.stdout
    assert len(re.findall("^other ", proxy.stdout, re.M)) >= 4, "there was nothing to clear"
    assert mail.stdout == ""


def test_no_log_holds_a_trace_of_an_attack_but_those_that_daily_work_leaves(quiet):
    procedures = settings().playbooks / "procedures"
    found = set()
    looked = 0
    for path in sorted(procedures.glob("*.yaml")):
        procedure = Procedure.model_validate(yaml.safe_load(path.read_text()))
        if procedure.technique is None:
            continue
        for trace in procedure.traces:
            node, _, log = trace.where.partition(":")
            looked += 1
            if _found(quiet, node, log, trace.matches):
                found.add((procedure.procedure, node))
    assert looked >= 10
    assert found == ALIKE


def test_an_idle_team_is_given_nothing_where_nothing_happened(quiet):
    assert quiet.score("team1") == 0

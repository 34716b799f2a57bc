import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from range.errors import ProvisioningFailed
from range.images import ensure
from range.images.bake import Job, guest_name
from range.images.recipe import recipe_of, system_id
from range.images.store import Meta, open_store, publish, work_folder
from range.plan.model import Layer
from range.settings import Settings


def _chain(*names, below="base"):
    """Layers on top of one another, as a node's stack."""
    layers = []
    for name in names:
        layers.append(Layer(name, layers[-1].id if layers else below, name, "{}", "digest"))
    return layers


def _jobs(*chains):
    jobs = {}
    for chain in chains:
        for depth, layer in enumerate(chain):
            jobs.setdefault(
                layer.id,
                Job(layer, tuple(chain[:depth]), "base", recipe_of("debian-12"), Path("/roles")),
            )
    return jobs


def _run(jobs, make):
    with ThreadPoolExecutor(ensure.AT_ONCE) as pool:
        ensure._schedule(pool, jobs, make)


def test_parents_are_baked_before_their_children():
    order = []
    _run(_jobs(_chain("a", "b", "c"), _chain("a", "d")), lambda job: order.append(job.layer.id))
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("a") < order.index("b") < order.index("c")
    assert order.index("a") < order.index("d")


def test_the_longest_chain_begins_first():
    order = []
    _run(
        _jobs(_chain("short1"), _chain("short2"), _chain("long1", "long2", "long3")),
        lambda job: order.append(job.layer.id),
    )
    assert order[0] == "long1"


def test_two_are_baked_at_once_and_never_three():
    both, most, now = threading.Barrier(2, timeout=10), [0], [0]
    lock = threading.Lock()

    def make(job):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        both.wait()
        with lock:
            now[0] -= 1

    _run(_jobs(*[_chain(name) for name in "abcd"]), make)
    assert most[0] == 2


def test_after_a_failure_those_under_way_end_none_begins_and_the_first_cause_is_told():
    done, started = [], threading.Event()

    def make(job):
        if job.layer.id == "bad":
            started.wait(10)
            raise ProvisioningFailed("first")
        started.set()
        done.append(job.layer.id)

    with pytest.raises(ProvisioningFailed, match="first"):
        _run(_jobs(_chain("bad", "child"), _chain("good"), _chain("bad", "other")), make)
    assert done == ["good"]


def test_layers_that_are_there_are_not_baked_again(tmp_path, monkeypatch):
    here = Settings(home=tmp_path)
    open_store(here)
    layers = _chain("there", "missing", below=system_id("debian-12"))
    made = work_folder(here, "there") / "made"
    (made / "root").mkdir(parents=True)
    publish(here, made, Meta("there", "layer", "there"))
    baked, told = [], []
    monkeypatch.setattr(ensure, "ensure_system", lambda *_: "")
    monkeypatch.setattr(ensure, "remove_bake_network", lambda: told.append(("network", "gone")))
    monkeypatch.setattr(ensure, "bake", lambda _, job, *rest: baked.append(job))
    folders = {"there": Path("/r"), "missing": Path("/r")}
    ensure.ensure_layers(
        here, layers, folders, lambda news: told.append((news.id, news.state)),
        needed_by={"missing": ["pc-1", "pc-2"]},
    )  # fmt: skip
    assert [job.layer.id for job in baked] == ["missing"]
    assert [parent.id for parent in baked[0].parents] == ["there"]
    assert baked[0].nodes == ("pc-1", "pc-2")
    assert ("there", "present") in told
    assert told[-1] == ("network", "gone")


def test_a_layer_on_a_system_of_yesterdays_recipe_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ensure, "remove_bake_network", lambda: False)
    with pytest.raises(ProvisioningFailed, match="no recipe makes"):
        ensure.ensure_layers(
            Settings(home=tmp_path), _chain("x", below="debian-12-old"), {"x": Path("/r")}, print
        )


def test_the_name_of_a_bake_guest_says_role_and_layer():
    layer = Layer("0123456789abcdef", "base", "file_server", "{}", "digest")
    assert guest_name(layer) == "cyder-bake-file-server-01234567"

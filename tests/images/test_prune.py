import json

import pytest
from click.testing import CliRunner

from range.cli.image import command
from range.errors import CyderError
from range.images.kept import NoSuchGuest, kept_guest, prune
from range.images.store import Meta, exists, locked, open_store, publish, work_folder
from range.settings import Settings


@pytest.fixture
def here(tmp_path):
    """A store: web on common on a system, and a layer that stands on nothing any more."""
    settings = Settings(home=tmp_path)
    open_store(settings)
    for meta in (
        Meta("debian-12-1", "system", "debian-12", made=1, size=10),
        Meta("c1", "layer", "common", parent="debian-12-1", made=2, size=20),
        Meta("w1", "layer", "web", parent="c1", made=3, size=30),
        Meta("o1", "layer", "odd", parent="gone", made=4, size=40),
    ):
        made = work_folder(settings, meta.id) / "made"
        (made / "root").mkdir(parents=True)
        publish(settings, made, meta)
        made.parent.rmdir()
    return settings


def _fail(here, layer):
    work = work_folder(here, layer)
    work.mkdir()
    facts = {"layer": layer, "role": "mail", "nodes": ["mail"], "task": "Install", "host": "mail",
             "message": "no", "guest": "cyder-bake-mail-none", "log": "/x", "at": 5.0}  # fmt: skip
    (work / "failed.json").write_text(json.dumps(facts))
    return work


@pytest.mark.guests
def test_what_is_needed_stays_with_all_below_it_and_the_rest_goes(here, host):
    work = _fail(here, "m1")
    pruned = prune(here, {"w1"})
    assert pruned.layers == ("o1",)
    assert pruned.bakes == ("m1",)
    assert pruned.freed == 40
    assert not work.exists()
    assert exists(here, "layer", "c1")
    assert exists(here, "system", "debian-12-1")
    assert prune(here, set()).systems == ("debian-12-1",)
    assert not exists(here, "layer", "w1")


def test_nothing_is_pruned_while_something_is_baked(here):
    with locked(here, "store", shared=True), pytest.raises(CyderError, match="being made"):
        prune(here, set())
    assert exists(here, "layer", "o1")


def test_a_shell_in_a_guest_that_is_not_kept_lists_those_that_are(here):
    _fail(here, "m1")
    with pytest.raises(NoSuchGuest) as caught:
        kept_guest(here, "cyder-bake-web-0")
    assert "cyder-bake-mail-none" in caught.value.hint


def test_the_list_as_json_has_systems_layers_and_failed_bakes(here, monkeypatch):
    _fail(here, "m1")
    monkeypatch.setenv("CYDER_HOME", str(here.home))
    listed = json.loads(CliRunner().invoke(command, ["list", "--json"]).output)
    assert [row["id"] for row in listed["systems"]] == ["debian-12-1"]
    assert [(row["id"], row["parent"]) for row in listed["layers"]] == [
        ("c1", "debian-12-1"), ("w1", "c1"), ("o1", "gone"),
    ]  # fmt: skip
    assert listed["failed"][0]["task"] == "Install"


def test_the_list_says_on_what_a_layer_stands_and_what_failed(here, monkeypatch):
    _fail(here, "m1")
    monkeypatch.setenv("CYDER_HOME", str(here.home))
    output = CliRunner().invoke(command, ["list"]).output
    assert "common" in output
    assert "failed: mail, task 'Install'; kept as cyder-bake-mail-none" in output

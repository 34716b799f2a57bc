import os
import subprocess
import sys

import pytest

from range.errors import ProvisioningFailed
from range.images.seats import take_seat
from range.images.store import (
    Meta,
    Stopped,
    all_made,
    bury,
    exists,
    inside,
    locked,
    open_store,
    place,
    publish,
    remove,
    work_folder,
)
from range.settings import Settings


@pytest.fixture
def here(tmp_path):
    settings = Settings(home=tmp_path)
    open_store(settings)
    return settings


def _made(here, id_, **facts):
    made = work_folder(here, id_) / "made"
    (made / "root").mkdir(parents=True)
    (made / "root" / "file").write_text(id_)
    publish(here, made, Meta(id_, "layer", "web", **facts))


def test_what_is_published_exists_and_is_listed_in_the_order_of_its_making(here):
    _made(here, "late", made=2)
    _made(here, "early", made=1)
    assert exists(here, "layer", "early")
    assert [meta.id for meta in all_made(here)] == ["early", "late"]
    assert here.layer("late").joinpath("file").read_text() == "late"


def test_a_folder_without_its_description_does_not_exist_and_is_replaced(here):
    (place(here, "layer", "x") / "root" / "junk").mkdir(parents=True)
    assert not exists(here, "layer", "x")
    _made(here, "x")
    assert not here.layer("x").joinpath("junk").exists()


def test_a_removal_that_was_interrupted_is_neither_listed_nor_kept(here):
    _made(here, "x")
    target = place(here, "layer", "x")
    grave = target.with_name(".x.removed")
    target.rename(grave)  # as far as remove() gets before it is killed
    assert all_made(here) == []
    bury(here)
    assert not grave.exists()


def test_removing_nothing_is_fine_and_takes_nothing_else(here):
    _made(here, "x")
    remove(here.images / "layers" / "nothing")
    assert place(here, "layer", "x").exists()


def test_a_damaged_description_is_told_with_its_file(here):
    _made(here, "x")
    (place(here, "layer", "x") / "meta.json").write_text("{")
    with pytest.raises(ProvisioningFailed, match=r"x/meta\.json"):
        all_made(here)


def _holder(here, shared):
    """A process that holds a lock until its standard input closes."""
    program = (
        "import sys; from pathlib import Path; from range.images.store import locked;"
        "from range.settings import Settings\n"
        f"with locked(Settings(home=Path({str(here.home)!r})), 'store', shared={shared}):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=here.project,
    )  # fmt: skip
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_lock_of_another_process_is_waited_for_and_waiting_can_be_stopped(here):
    told = []
    with _holder(here, shared=False) as process:
        with (
            pytest.raises(Stopped),
            locked(here, "store", waiting=lambda: told.append(1), stopped=lambda: True),
        ):
            pass
        process.stdin.close()
        with locked(here, "store"):
            pass
    assert told == [1]


def test_a_lock_ends_with_its_process_however_that_ends(here):
    with _holder(here, shared=False) as process:
        process.kill()
        with locked(here, "store"):
            pass


def test_bakes_share_the_store_but_no_one_prunes_meanwhile(here):
    with _holder(here, shared=True) as process:
        with locked(here, "store", shared=True, stopped=lambda: True):
            pass
        with pytest.raises(Stopped), locked(here, "store", stopped=lambda: True):
            pass
        process.kill()


def test_seats_are_given_once_and_again_when_their_work_is_gone(here):
    folders = [work_folder(here, name) for name in ("a", "b", "c")]
    for folder in folders:
        folder.mkdir()
    assert [take_seat(here, folder) for folder in folders[:2]] == [0, 1]
    remove(folders[0])
    assert take_seat(here, folders[2]) == 0


def test_images_are_for_root_only_but_bake_guests_can_walk_to_theirs(here):
    def mode(name):
        return (here.images / name).stat().st_mode & 0o777

    assert mode("layers") == mode("systems") == mode("cache") == 0o700
    assert mode(".") == mode("work") == 0o711


def test_a_path_through_a_link_is_not_inside(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "var").symlink_to("/etc")
    assert inside(tmp_path / "root", "var/passwd") is None
    assert inside(tmp_path / "root", "var") == tmp_path / "root" / "var"
    assert inside(tmp_path / "root", "srv/x") == tmp_path / "root" / "srv" / "x"


def test_the_lock_is_held_on_by_a_program_that_inherits_it(here):
    with locked(here, "store") as lock:
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(lock,))
    with child:
        with pytest.raises(Stopped), locked(here, "store", stopped=lambda: True):
            pass
        child.stdin.close()
    with locked(here, "store", stopped=lambda: True):
        pass
    assert os.path.exists(here.run / "locks" / "image-store")  # noqa: PTH110


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_what_is_mounted_in_a_folder_is_unmounted_not_removed(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "precious").write_text("x")
    folder = tmp_path / "with a blank"
    for name in ("proc", "proc/deeper"):
        (folder / name).mkdir(parents=True)
    subprocess.run(["mount", "--bind", kept, folder / "proc"], check=True)
    (kept / "deeper").mkdir()
    subprocess.run(["mount", "--bind", kept, folder / "proc" / "deeper"], check=True)
    remove(folder)
    assert (kept / "precious").read_text() == "x"
    assert not folder.exists()
    with open("/proc/self/mountinfo") as mounts:  # noqa: PTH123
        assert str(tmp_path) not in mounts.read()

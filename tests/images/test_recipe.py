import shutil

import pytest

from range.errors import ProvisioningFailed
from range.images import recipe
from range.images.packages import sources
from range.images.recipe import RECIPES, recipe_of, system_id
from range.settings import Settings


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The recipes' folder, copied to where a test may change it."""
    shutil.copytree(recipe._FOLDER, tmp_path / "systems")
    monkeypatch.setattr(recipe, "_FOLDER", tmp_path / "systems")
    return tmp_path / "systems" / "debian-12"


def test_each_recipe_has_a_folder_and_each_folder_a_recipe():
    folders = {path.name for path in Settings().recipes.iterdir() if path.is_dir()}
    assert folders == set(RECIPES)


def test_the_id_of_a_system_tells_its_image_and_stays_the_same():
    assert system_id("debian-12") == system_id("debian-12")
    assert system_id("debian-12").startswith("debian-12-")


@pytest.mark.parametrize("change", ["packages.txt", "customise.sh", "files/usr/lib/cyder/clone"])
def test_a_changed_file_of_the_recipe_is_another_system(copied, change):
    before = system_id("debian-12")
    (copied / change).write_text((copied / change).read_text() + "\n# more\n")
    assert system_id("debian-12") != before


def test_a_file_made_executable_is_another_system(copied):
    before = system_id("debian-12")
    (copied / "packages.txt").chmod(0o755)
    assert system_id("debian-12") != before


def test_an_unknown_image_is_told_with_the_nearest_known_one():
    with pytest.raises(ProvisioningFailed, match="did you mean 'debian-12'") as caught:
        recipe_of("debain-12")
    assert "debian-12" in caught.value.hint


def test_comments_are_not_packages():
    packages = recipe_of("debian-12").packages
    assert "openssh-server" in packages
    assert not [name for name in packages if "#" in name or " " in name]


def test_sources_take_a_mirror_for_each_part_and_debian_for_the_rest():
    text = sources(recipe_of("debian-12"), {"": "http://mirror.example/debian"})
    assert "http://mirror.example/debian bookworm main" in text
    assert "http://mirror.example/debian bookworm-updates main" in text
    assert "security.debian.org/debian-security bookworm-security main" in text

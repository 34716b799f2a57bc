"""Recipes of base systems: a folder each of data. The hash of its files is the system's id."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from range.errors import ProvisioningFailed

_FOLDER = Path(__file__).resolve().parent / "systems"


@dataclass(frozen=True)
class Recipe:
    """How mmdebstrap makes a base system: packages.txt, customise.sh and files/ of its folder."""

    image: str
    suite: str

    @property
    def folder(self) -> Path:
        """Where the recipe lies."""
        return _FOLDER / self.image

    @property
    def packages(self) -> tuple[str, ...]:
        """Packages asked for by name."""
        lines = (self.folder / "packages.txt").read_text().splitlines()
        return tuple(line for line in map(str.strip, lines) if line and not line.startswith("#"))


# A further image is a folder and a line.
RECIPES = {recipe.image: recipe for recipe in (Recipe("debian-12", "bookworm"),)}


def recipe_of(image: str) -> Recipe:
    """Return the recipe of `image`; ProvisioningFailed names the images that there are."""
    recipe = RECIPES.get(image)
    if recipe is None:
        near = difflib.get_close_matches(image, RECIPES, 1)
        raise ProvisioningFailed(
            f"there is no image {image!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
            hint=f"Images: {', '.join(RECIPES)}",
        )
    return recipe


def system_id(image: str) -> str:
    """Return the id of the base system that `image` means: its name and the hash of its recipe."""
    recipe = recipe_of(image)
    digest = hashlib.sha256(f"{recipe.image}\0{recipe.suite}\0".encode())
    for path in sorted(recipe.folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            name = path.relative_to(recipe.folder).as_posix()
            executable = bool(path.stat().st_mode & 0o100)
            digest.update(f"{name}\0{executable}\0{len(content)}\0".encode())
            digest.update(content)
    return f"{image}-{digest.hexdigest()[:16]}"

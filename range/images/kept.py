"""Bakes that failed and were kept, and what no one needs any more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from range.errors import CyderError
from range.images.bake import discard
from range.images.seats import uid_base
from range.images.store import Meta, Stopped, all_made, bury, locked, place, remove, works
from range.providers.lxc import container as lxc
from range.providers.lxc import nat
from range.settings import Settings


class NoSuchGuest(CyderError):
    """There is no kept bake guest of that name, or it does not run any more."""

    exit_code = 2


@dataclass(frozen=True)
class KeptBake:
    """A failed bake. Its guest runs until it is pruned, baked again, or the host restarts."""

    layer: str
    role: str
    task: str
    host: str
    message: str
    guest: str
    log: str
    nodes: tuple[str, ...]
    at: float  # Unix time


@dataclass(frozen=True)
class Pruned:
    """What was removed. `freed` in bytes, of systems and layers."""

    systems: tuple[str, ...]
    layers: tuple[str, ...]
    bakes: tuple[str, ...]
    freed: int


def kept_bakes(settings: Settings) -> list[KeptBake]:
    """List failed bakes, oldest first."""
    files = [folder / "failed.json" for folder in works(settings)]
    found = [KeptBake(**json.loads(file.read_text())) for file in files if file.exists()]
    return sorted(found, key=lambda bake: bake.at)


def kept_guest(settings: Settings, name: str) -> lxc.RunningContainer:
    """Return the running guest of a failed bake; NoSuchGuest lists those that there are."""
    for bake in kept_bakes(settings):
        if bake.guest == name:
            seat = int((settings.images / "work" / bake.layer / "seat").read_text())
            running = lxc.find(name, uid_base(seat))
            if running is not None:
                return running
    names = ", ".join(bake.guest for bake in kept_bakes(settings)) or "there is none"
    raise NoSuchGuest(f"no kept bake guest is called {name!r}", hint=f"Kept: {names}")


def prune(settings: Settings, needed: Collection[str], *, cache: bool = False) -> Pruned:
    """Remove failed and half made bakes, and systems and layers whose ids are not `needed`.

    Raises CyderError while something is being baked. `cache` removes the kept packages as well.
    """
    try:
        with locked(settings, "store", stopped=lambda: True):
            bury(settings)
            bakes = tuple(_clear_work(settings))
            useless = list(_useless(settings, needed))
            for meta in useless:
                remove(place(settings, meta.kind, meta.id))
            if cache:
                shutil.rmtree(settings.images / "cache", ignore_errors=True)
            nat.remove_bake_network()
    except Stopped as error:
        raise CyderError("images are being made; prune when that has ended") from error
    return Pruned(
        tuple(meta.id for meta in useless if meta.kind == "system"),
        tuple(meta.id for meta in useless if meta.kind == "layer"),
        bakes,
        sum(meta.size for meta in useless),
    )


def _clear_work(settings: Settings) -> Iterator[str]:
    for folder in works(settings):
        name = folder / "guest.name"
        discard(folder, *([name.read_text()] if name.exists() else []))
        yield folder.name


def _useless(settings: Settings, needed: Collection[str]) -> Iterator[Meta]:
    """Yield what is not needed, children before parents: what stands on nothing goes last."""
    made = {meta.id: meta for meta in all_made(settings)}
    wanted: set[str] = set()
    for id_ in needed:
        while id_ in made and id_ not in wanted:
            wanted.add(id_)
            id_ = made[id_].parent
    useless = [meta for id_, meta in made.items() if id_ not in wanted]
    yield from reversed(useless)

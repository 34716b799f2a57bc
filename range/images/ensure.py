"""Having all images of a plan: what is missing is made, parents first, two at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from range.errors import ProvisioningFailed
from range.images.bake import Job, bake
from range.images.progress import ImageProgress, ImageReport
from range.images.recipe import RECIPES, Recipe, system_id
from range.images.store import Stopped, exists, locked, open_store
from range.images.system import ensure_system
from range.plan.model import Layer, Plan
from range.providers.lxc.nat import remove_bake_network
from range.settings import Settings

AT_ONCE = 2


def ensure_images(
    settings: Settings, plan: Plan, role_folders: Mapping[str, Path], report: ImageReport
) -> None:
    """Have every system and layer of a plan. ProvisioningFailed names the first cause."""
    for image in dict.fromkeys(node.image for lab in plan.labs for node in lab.nodes):
        ensure_system(settings, image, report)
    ensure_layers(settings, plan.layers, role_folders, report, needed_by=_needed_by(plan))


def ensure_layers(
    settings: Settings,
    layers: Iterable[Layer],
    role_folders: Mapping[str, Path],
    report: ImageReport,
    *,
    needed_by: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Bake the layers that are missing. Layers that were finished before a failure stay.

    When one fails, those under way are finished, none is begun, and the first failure is raised.
    `needed_by` gives names of nodes by id of layer: failures name them.
    """
    known = {layer.id: layer for layer in layers}
    open_store(settings)
    missing = [id_ for id_ in known if not exists(settings, "layer", id_)]
    try:
        with locked(settings, "store", shared=True):
            _ensure(settings, known, role_folders, needed_by or {}, report)
    finally:
        if missing:
            _close_the_way_out(settings)


def _close_the_way_out(settings: Settings) -> None:
    """Remove the network of bakes, unless another process bakes or a failed guest was kept."""
    try:
        with locked(settings, "store", stopped=lambda: True):
            remove_bake_network()
    except Stopped:
        return  # whoever bakes last removes it


def _needed_by(plan: Plan) -> dict[str, list[str]]:
    """Names of nodes by id of layer; all labs are alike."""
    names: dict[str, list[str]] = {}
    for node in plan.labs[0].nodes if plan.labs else ():
        for layer in node.stack:
            names.setdefault(layer.id, []).append(node.name)
    return names


def _ensure(
    settings: Settings,
    known: Mapping[str, Layer],
    role_folders: Mapping[str, Path],
    needed_by: Mapping[str, Sequence[str]],
    report: ImageReport,
) -> None:
    missing = {}
    for layer in known.values():
        if exists(settings, "layer", layer.id):
            report(ImageProgress(layer.id, layer.role, "present"))
        else:
            missing[layer.id] = layer
    if not missing:
        return
    jobs = {
        id_: replace(_job(layer, known, role_folders), nodes=tuple(needed_by.get(id_, ())))
        for id_, layer in missing.items()
    }
    for image in dict.fromkeys(job.recipe.image for job in jobs.values()):
        ensure_system(settings, image, report)
    interrupted = threading.Event()

    def make(job: Job) -> None:
        _make(settings, job, report, interrupted.is_set)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bake") as pool:
        try:
            _schedule(pool, jobs, make)
        except BaseException:
            interrupted.set()
            raise


def _make(settings: Settings, job: Job, report: ImageReport, stopped: Callable[[], bool]) -> None:
    layer = job.layer

    def waiting() -> None:
        report(ImageProgress(layer.id, layer.role, "waiting", "another process bakes it"))

    try:
        with locked(settings, layer.id, waiting=waiting, stopped=stopped):
            if exists(settings, "layer", layer.id):
                report(ImageProgress(layer.id, layer.role, "present"))
            else:
                bake(settings, job, report, stopped)
    except ProvisioningFailed as error:
        report(ImageProgress(layer.id, layer.role, "failed", error.message))
        raise


def _schedule(pool: ThreadPoolExecutor, jobs: dict[str, Job], make: Callable[[Job], None]) -> None:
    """Begin each job when its parent is there, longest chain of children first."""
    left = dict(jobs)
    heights = _heights(jobs)
    running: dict[Future[None], str] = {}
    first: BaseException | None = None
    while running or (left and first is None):
        if first is None:
            ready = [id_ for id_, job in left.items() if not _awaited(job, left, running)]
            for id_ in sorted(ready, key=lambda id_: -heights[id_])[: AT_ONCE - len(running)]:
                running[pool.submit(make, left.pop(id_))] = id_
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            del running[future]
            error = future.exception()
            if error is not None and (first is None or isinstance(first, Stopped)):
                first = error
    if first is not None:
        raise first


def _awaited(job: Job, left: Mapping[str, Job], running: Mapping[Future[None], str]) -> bool:
    return job.layer.parent in left or job.layer.parent in running.values()


def _heights(jobs: Mapping[str, Job]) -> dict[str, int]:
    """Length of the longest chain that waits for each job."""
    heights = dict.fromkeys(jobs, 1)
    for job in sorted(jobs.values(), key=lambda job: -len(job.parents)):
        if job.layer.parent in heights:
            parent = job.layer.parent
            heights[parent] = max(heights[parent], heights[job.layer.id] + 1)
    return heights


def _job(layer: Layer, known: Mapping[str, Layer], role_folders: Mapping[str, Path]) -> Job:
    parents: list[Layer] = []
    below = layer.parent
    while below in known:
        parents.append(known[below])
        below = known[below].parent
    return Job(layer, tuple(reversed(parents)), below, _recipe_of_system(below, layer),
               role_folders[layer.role])  # fmt: skip


def _recipe_of_system(id_: str, layer: Layer) -> Recipe:
    for image, recipe in RECIPES.items():
        if system_id(image) == id_:
            return recipe
    raise ProvisioningFailed(
        f"the layer {layer.id} ({layer.role}) stands on {id_}, which no recipe makes any more",
        hint="Plan again with the recipes of today.",
    )

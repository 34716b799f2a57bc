"""Whatever is in the files: mistakes with places, never a traceback; what is right stays right."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from range.errors import InvalidInput, Problem
from range.load.document import parse
from range.load.scenario import load_scenario
from range.scenario.model import parse_at, parse_duration, parse_size
from range.scenario.scenario import Bundle
from range.settings import Settings

SMALL = Path(__file__).parents[1] / "scenarios" / "small"
TEXT = (SMALL / "scenario.yaml").read_text()
WHOLE = yaml.safe_load(TEXT)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=20),
)
trees = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(st.text("abcdefgh-_", min_size=1, max_size=8), below, max_size=4)
    ),
    max_leaves=20,
)


def problems_of(text: str) -> tuple[Problem, ...]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "small"
        folder.mkdir()
        for name in ("procedures", "roles"):
            shutil.copytree(SMALL / name, folder / name)
        (folder / "scenario.yaml").write_text(text)
        try:
            load_scenario(folder, Settings(home=Path(place)))
        except InvalidInput as error:
            found = error.problems
        else:
            return ()
    assert found, "refused without a reason"
    return found


def paths_of(data: object, path: tuple = ()) -> list[tuple]:
    found = [path]
    if isinstance(data, dict):
        for key, value in data.items():
            found += paths_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            found += paths_of(value, (*path, index))
    return found


def changed(path: tuple, value: object, *, remove: bool) -> object:
    data = json.loads(json.dumps(WHOLE))
    if not path:
        return value
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return data


@given(st.text(max_size=200))
def test_any_text_gives_data_or_mistakes_with_a_line(text: str) -> None:
    problems: list[Problem] = []
    document = parse(text, "f", problems)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    assert document.data is None or isinstance(document.data, str | int | float | list | dict)


@given(trees)
def test_what_a_dumper_wrote_is_read_as_it_was(tree: object) -> None:
    problems: list[Problem] = []
    text = json.dumps(tree, ensure_ascii=False)
    assert parse(text, "f", problems).data == tree
    assert problems == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(path=st.sampled_from(paths_of(WHOLE)), value=trees, remove=st.booleans())
def test_a_scenario_with_any_part_replaced_is_loaded_or_refused_with_places(
    path: tuple, value: object, remove: bool
) -> None:
    text = yaml.safe_dump(changed(path, value, remove=remove), allow_unicode=True, sort_keys=False)
    for problem in problems_of(text):
        assert problem.line >= 1, problem
        assert problem.message.isprintable(), problem


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_file_is_loaded_or_refused_with_places(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT) - 1))
    end = data.draw(st.integers(start, min(start + 60, len(TEXT))))
    put = data.draw(st.text(" \n:-[]{}'\"&*!%@`#|>?,ja01", max_size=8))
    for problem in problems_of(TEXT[:start] + put + TEXT[end:]):
        assert problem.line >= 1, problem


def test_each_problem_is_one_line_however_the_file_is_written() -> None:
    found = problems_of(TEXT.replace("level: test", 'level: test\n"a\\nb\\u202ec": 1'))
    assert [str(problem).count("\n") for problem in found] == [0]
    assert "\u202e" not in str(found[0])


def test_a_bundle_is_the_same_after_it_was_saved() -> None:
    loaded = load_scenario(SMALL, Settings())
    saved = loaded.bundle.model_dump_json(by_alias=True)
    again = Bundle.model_validate_json(saved)
    assert again == loaded.bundle
    assert again.model_dump_json(by_alias=True) == saved


def test_the_digest_follows_the_meaning_not_the_layout(small: Path) -> None:
    before = load_scenario(small, Settings()).digest
    path = small / "scenario.yaml"
    path.write_text(
        "# a remark\n" + TEXT.replace("{ja: 小さな演習, en: ", "{ja: '小さな演習', en:   ")
    )
    assert load_scenario(small, Settings()).digest == before
    path.write_text(TEXT.replace("wait: 5m", "wait: 4m"))
    assert load_scenario(small, Settings()).digest != before


def test_sections_may_stand_in_files_of_their_own(small: Path) -> None:
    before = load_scenario(small, Settings()).digest
    head = dict(WHOLE)
    for name in ("nodes", "injects", "checks"):
        (small / f"{name}.yaml").write_text(yaml.safe_dump(head.pop(name), sort_keys=False))
    (small / "scenario.yaml").write_text(yaml.safe_dump(head, sort_keys=False))
    assert load_scenario(small, Settings()).digest == before


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (parse_duration, "90s", 90),
        (parse_duration, "1h30m", 5400),
        (parse_at, "T+00:25", 1500),
        (parse_at, "T+01:25:30", 5130),
        (parse_size, "256M", 268_435_456),
    ],
)
def test_times_and_sizes_are_read_as_people_write_them(read, text: str, value: int) -> None:
    assert read(text) == value
    for wrong in ("", text + "x", "-" + text, text.upper() + " ", None, True, 1.5):
        with pytest.raises(ValueError, match="not a"):
            read(wrong)

"""Files that cost time or memory, or hide what they say, are refused with their line."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest
from mistakes import Mistakes, lines

from range.load.document import MAX_BYTES, parse


def said(text: str) -> list[str]:
    problems: list = []
    parse(text, "f", problems)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: &x [1]\nb: *x\n", "f:1:4: anchors (&x) are not allowed; write the value out"),
        ("a: 1\n<<: {b: 2}\n", "f:2:1: merge keys (<<) are not allowed; write the keys out"),
        (
            "a: 1\nb: !!python/object/apply:os.system [id]\n",
            "f:2:4: tags such as tag:yaml.org,2002:python/object/apply:os.system are not allowed; "
            "remove it",
        ),
        ("a: 1\nb: !vault x\n", "f:2:4: tags such as !vault are not allowed; remove it"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1: 'a' is given twice; first on line 1"),
        ("mode: 0644\n", "f:1:7: 0644 starts with a zero; write '0644' or 644"),
        ("[" * 5000, "f:1:40: nested deeper than 40 levels; make it flatter"),
        ("---\na: 1\n---\nb: 2\n", "f:3:1: not YAML: more than one document; keep one"),
        ("? [a]\n: 1\n", "f:1:3: a key must be a plain text"),
    ],
)
def test_what_hides_or_costs_is_refused_with_its_place(text: str, line: str) -> None:
    assert said(text) == [line]


def test_places_are_known_beside_a_key_that_is_no_text() -> None:
    document = parse("? [a]\n: 1\nb: 2\n", "f", [])
    assert document.place(("b",)) == (3, 4)
    assert document.place(("c",)) == (1, 1)


def test_only_core_schema_scalars_are_more_than_text() -> None:
    text = "[yes, on, 12:30, 2020-01-01, 0x1F, 1e3, 1.5, -7, ~, true, '1', .inf, 1_000, 0b1]"
    assert parse(text, "f", []).data == [
        "yes", "on", "12:30", "2020-01-01", 31, 1000.0, 1.5, -7, None, True, "1", ".inf",
        "1_000", "0b1",
    ]  # fmt: skip


def test_a_billion_laughs_end_at_the_first_anchor() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert said(laughs) == ["f:1:4: anchors (&a) are not allowed; write the value out"]


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "[" * 2_000_000,
        "- " * 1_000_000,
        "[" + "[]," * 690_000 + "]",
        "a: [" + "1," * 1_000_000 + "]",
        "".join(f"k{number}: v\n" for number in range(180_000)),
        "x: '" + "a" * 2_000_000 + "'",
        "".join(f"k{number % 1000}: v\n" for number in range(180_000)),
        "k" * 2_000_000,
        "? " * 500_000,
        "#" * 2_000_000,
        "!" * 1_000_000,
        "a: " + "*" * 1_000_000,
        "&" * 1_000_000,
        "%YAML 9.9\n" * 1000,
        '"' + "\\x41" * 500_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_files_end_within_two_seconds_and_256_mib(
    text: str, small: Path, tmp_path: Path
) -> None:
    (small / "scenario.yaml").write_text(text)
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        found = lines(small)
        seconds = time.process_time() - start
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        report = f"{seconds:.2f} s, {grown // 1024} MiB, {found[:1]}"
        (tmp_path / "report").write_text(report)
        os._exit(0 if found and seconds < 2 and grown < 256 * 1024 else 1)
    _, status = os.waitpid(child, 0)
    report = (tmp_path / "report").read_text() if (tmp_path / "report").exists() else "killed"
    assert status == 0, report


def test_ten_thousand_wrong_references_are_not_searched_for_ten_thousand_times(
    small: Path,
) -> None:
    head, _, _ = (small / "scenario.yaml").read_text().partition("hints:\n")
    hints = "".join(
        f"  H{n}: {{objective: se{n}, tier: 1, cost: 1, text: {{ja: あ, en: a}}, "
        f"opens: {{inject: X{n}}}}}\n"
        for n in range(10_000)
    )
    people = "".join(
        f"  p{n}: {{name: {{ja: あ, en: a}}, title: {{ja: あ, en: a}}, seat: wob{n}}}\n"
        for n in range(5_000)
    )
    (small / "hints.yaml").write_text(hints)
    (small / "scenario.yaml").write_text(head.replace("people:\n", f"people:\n{people}"))
    start = time.process_time()
    said = lines(small)
    assert time.process_time() - start < 6  # a second or two on an idle machine; hours otherwise
    assert len(said) == 501
    assert sum("and more mistakes" in line for line in said) == 1


def test_a_file_that_is_too_large_is_not_read(small: Path) -> None:
    (small / "injects.yaml").write_bytes(b"# comment\n" * (MAX_BYTES // 10 + 1))
    assert "larger than 4 MiB; split it into sections" in "\n".join(lines(small))


def test_a_link_out_of_the_folder_is_refused(small: Path) -> None:
    (small / "people.yaml").symlink_to("/etc/passwd")
    assert "people.yaml:0:0: leads out of the scenario's folder; copy it in" in lines(small)


def test_a_role_that_is_a_link_out_of_the_folder_is_no_role(small: Path) -> None:
    (small / "roles" / "small_web").rename(small.parent / "elsewhere")
    (small / "roles" / "small_web").symlink_to(small.parent / "elsewhere")
    assert lines(small) == [
        "scenario.yaml:22:13: role 'small_web' has no tasks/main.yml in its folder; add it"
    ]


def test_a_procedure_cannot_be_taken_from_elsewhere(mistakes: Mistakes) -> None:
    said = mistakes(("procedure: small-theft", "procedure: ../../../etc/passwd"))
    assert said == [
        "scenario.yaml:79:18: '../../../etc/passwd' does not fit; write a name: small letters, "
        "digits and single hyphens"
    ]


def test_a_role_cannot_be_taken_from_elsewhere(mistakes: Mistakes) -> None:
    said = mistakes(("roles: [small_web]", "roles: [../../small_web]"))
    assert said[0].startswith("scenario.yaml:22:13: '../../small_web' does not fit; write")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00a", b"a: \x00", b"\x80", "a: \u0007".encode()],
)
def test_bytes_that_are_no_text_are_told_with_a_line(content: bytes, small: Path) -> None:
    (small / "people.yaml").write_bytes(content)
    assert any(line.startswith("people.yaml:1:") for line in lines(small)), lines(small)


def test_a_section_that_cannot_be_read_is_told_once_and_nothing_that_refers_to_it(
    small: Path,
) -> None:
    head, _, tail = (small / "scenario.yaml").read_text().partition("people:\n")
    people, _, tail = tail.partition("secrets:\n")
    (small / "scenario.yaml").write_text(f"{head}secrets:\n{tail}")
    (small / "people.yaml").write_text(people)
    assert not any("no person" in line for line in lines(small)), lines(small)
    (small / "people.yaml").write_text("  lead: [}\n")
    told = lines(small)
    assert len(told) == 1, told
    assert told[0].startswith("people.yaml:1:10: not YAML: ")
    (small / "people.yaml").write_text("[lead, monitor]\n")
    assert lines(small) == ["people.yaml:1:1: a list does not fit; write a mapping (key: value)"]


def test_a_missing_or_odd_folder_is_one_plain_line(tmp_path: Path) -> None:
    assert lines(tmp_path) == [f"{tmp_path}:0:0: no scenario.yaml in this folder; add it"]
    assert "no such scenario or folder" in lines(tmp_path / "absent")[0]
    os.mkfifo(tmp_path / "scenario.yaml")
    assert lines(tmp_path / "scenario.yaml")[0].count("no such") == 1

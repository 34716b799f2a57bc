"""The page: one file, no script, nothing in it that the face hides."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import boards
import pytest

from range.events.event import Draft, Kind
from scoreboard.face import Face
from scoreboard.page import page
from scoreboard.pseudonyms import pseudonyms

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars"]  # fmt: skip


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def written(place, face: Face, **options) -> str:
    return page(place.source(**options), face, "Asia/Tokyo")


def test_a_page_is_well_formed_and_has_both_languages(hall):
    read = Reader(written(hall(), Face("en")))
    assert read.open == []
    text = " ".join(read.words)
    for words in ("成績", "Standings", "情勢判断", "Orient", "みどり市 情報流出対応演習",
                  "City data theft drill", "2027-01-15 18:59 JST"):  # fmt: skip
        assert words in text
    assert ("id", "pick-en") in read.attributes
    checked = re.findall(r'id="(pick-\w+)" checked', written(hall(), Face("en")))
    assert checked == ["pick-en"]


def test_a_page_runs_nothing_and_fetches_nothing(hall):
    text = written(hall(), Face("ja"))
    read = Reader(text)
    assert not {"script", "link", "img", "iframe", "object", "a"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_names_are_text_whatever_is_in_them(hall, monkeypatch):
    payload = "<script>alert(1)</script>\"'&{{7*7}}"
    monkeypatch.setattr(boards, "NAMES", (payload, "b"))
    read = Reader(written(hall(2), Face("ja")))
    assert "script" not in read.tags
    assert any("{{7*7}}" in words for words in read.words)


def test_under_pseudonyms_and_in_public_the_file_holds_nothing_that_is_hidden(hall):
    place = hall(8)
    names = pseudonyms([f"team{i + 1}" for i in range(8)], "seed")
    text = written(place, Face("ja", public=True, names=names))
    assert not [name for name in boards.NAMES if name in text]
    assert not re.search(r"team\d", text)
    for _, title in boards.OBJECTIVES.values():
        assert title["ja"] not in text
        assert title["en"] not in text
    assert names["team1"].ja in text


def test_without_ranks_the_page_has_none(hall):
    assert 'class="n rank"' in written(hall(), Face("ja"))
    assert 'class="n rank"' not in written(hall(), Face("ja", ranks=False))


def test_a_page_of_a_frozen_time_says_so(hall):
    text = written(hall(), Face("en"), until=3600.0)
    assert "FROZEN" in text
    assert text.count("3600") == 0
    assert "FROZEN" not in written(hall(), Face("en"))


def test_the_same_log_gives_the_same_page(hall):
    place = hall(8)
    assert written(place, Face("ja")) == written(place, Face("ja"))


@pytest.mark.parametrize(("teams", "until"), [(2, -1.0), (2, 0.0), (50, boards.HOURS)])
def test_there_is_a_page_at_every_moment(hall, teams, until):
    place = hall(teams, until)
    if until < 0:
        assert "開始前" in written(place, Face("ja"))
    read = Reader(written(place, Face("ja")))
    assert read.words.count("合計") == (until >= 0)


def test_a_mark_after_the_end_counts(hall):
    place = hall(2, boards.HOURS)
    before = written(place, Face("ja"))
    data = {"check": "approved", "credit": 0.25, "reason": "part of it"}
    place.append(Draft(Kind.MARKED, data, "team2", "white"))
    assert written(place, Face("ja")) != before


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_browser_shows_the_chosen_language_and_only_that(hall, tmp_path, language):
    file = tmp_path / "board.html"
    file.write_text(written(hall(), Face(language)))
    shot = tmp_path / "shot.png"
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]
    subprocess.run(
        [*command, "--window-size=1600,1200", f"--screenshot={shot}", file.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert shot.stat().st_size > 50_000
    probe = tmp_path / "probe.html"  # a script of the test's own measures what is displayed
    seen = file.read_text().replace("default-src 'none'", "default-src 'unsafe-inline'")
    probe.write_text(seen.replace("</body>", """<script>
        document.title = [...document.querySelectorAll("main")].filter(
            m => m.offsetHeight).map(m => m.className + (m.scrollWidth <= innerWidth)).join(" ");
        </script></body>"""))  # fmt: skip
    dumped = subprocess.run(
        [*command, "--window-size=1280,720", "--dump-dom", probe.as_uri()],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert f"<title>{language}true</title>" in dumped.stdout

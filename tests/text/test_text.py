import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from range.text import clean, line


def test_escape_sequences_and_bidi_overrides_are_gone():
    assert clean("\x1b[31mred\x1b[0m \u202eevil\u202c \x9b2J\x07", 100) == "[31mred[0m evil 2J"


def test_lines_tabs_and_japanese_stay_as_they_are():
    words = "住民票\u3000１２件\n\tが届いた"
    assert clean(words, 100) == words


def test_every_kind_of_line_break_becomes_a_line_feed():
    assert clean("a\r\nb\rc\u2028d\x85e", 100) == "a\nb\nc\nd\ne"


def test_what_is_too_long_ends_in_an_ellipsis():
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"


def test_a_flood_of_dropped_characters_is_not_read_to_its_end():
    assert clean("\x00" * 10_000_000 + "hidden", 10) == "…"


def test_bytes_that_are_no_text_become_replacement_characters():
    assert clean(b"ok \xff\xfe", 100) == "ok \ufffd\ufffd"


def test_a_line_has_no_breaks_and_no_edges():
    assert line("  a \n\t b  ", 100) == "a b"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=200), st.integers(1, 60))
def test_nothing_that_steers_a_terminal_gets_through(text, limit):
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    cleaned.encode()
    for character in cleaned:
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")

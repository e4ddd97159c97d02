"""What stands in a line, what shows anything, what a table would compute."""

import pytest

from openslot.kernel.wording import texts


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Zoë  O'Brien", "Zoë  O'Brien"),
        ("a\tb\r\nc\u2028d\x00e", "a b c d e"),
        ("\u202eevil\u202c", "evil"),
        ("\u2067x\u2069", "x"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("  x\x85", "x"),
    ],
)
def test_a_line_keeps_its_letters_and_loses_what_would_change_its_surroundings(typed, kept):
    assert texts.line(typed) == kept


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad", "\u0301", "\u202e"]
)
def test_what_shows_nothing_is_blank(nothing):
    assert texts.line(nothing) == texts.prose(nothing) == ""


@pytest.mark.parametrize("text", ["=1+1", "+49", "-3", "@SUM(A1)", "\t=1", "  =1", "\uff1d1"])
def test_a_cell_that_would_be_computed_gets_an_apostrophe(text):
    assert texts.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Bob", "1=1", 3, None, "a-b", ""])
def test_any_other_cell_stays(value):
    assert texts.cell(value) == value


@pytest.mark.parametrize("letter", ["\ue000", "\uf8ff", "\uf000", "a", "\N{GRINNING FACE}"])
def test_what_shows_something_is_kept(letter):
    """Fonts of logos and old mobiles stand in the private use area."""
    assert texts.shows(letter)
    assert texts.line(letter) == letter

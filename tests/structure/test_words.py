"""Every word that a page says is marked to be translated, and is translated."""

import gettext
import re
from pathlib import Path

import pytest

from tests.structure import house, sentences, texts

WORD = re.compile(r"[^\W\d_]{2,}")
# Names, units and what is drawn by programs: the same in every language.
SAME = {"OpenSlot", "ms", "CSV", "SVG"}
LANGUAGES = sorted({path.name for path in house.HOUSE.glob("*/locale/*")})
# What is filled in, the names of fields in code, and tags.
GAPS = re.compile(r"%\(\w+\)s|{\w*}|`[^`]*`|<[^>]*>")
ASSETS = house.HOUSE.parent / "assets" / "js"
# The frame of another site's page, until the page in it says its own title.
SCRIPTS_MAY_SAY = {"Book an appointment"}


def name(template):
    return str(template.relative_to(house.HOUSE))


@pytest.mark.parametrize("template", texts.templates(), ids=name)
def test_every_word_of_a_template_is_marked(template):
    said = [each for each in texts.unmarked(template) if set(WORD.findall(each)) - SAME]
    assert said == []


def test_every_word_of_a_program_that_people_read_is_marked():
    """Who is meant to read English is named in sentences.py."""
    said = {name(path): sentences.unmarked(path) for path in sentences.programs()}
    assert {path: texts for path, texts in said.items() if texts} == {}


def catalogues(language):
    where = f"*/locale/{language}/LC_MESSAGES/django.po"
    return sorted(house.HOUSE.glob(where))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_a_template_says_lacks_its_translation(language):
    known = {each.text for po in catalogues(language) for each in texts.entries(po)}
    said = {text: name(path) for path in texts.templates() for text in texts.marked(path)}
    assert {where: text for text, where in said.items() if text not in known} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_in_doubt(language):
    every = [each for po in catalogues(language) for each in texts.entries(po)]
    assert [each.text for each in every if each.fuzzy or not each.german or "" in each.german] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_into_a_text_is_filled_into_its_translation(language):
    every = [each for po in catalogues(language) for each in texts.entries(po)]
    assert [each.text.words for each in every if holes(each.german[-1]) != wanted(each)] == []


def wanted(entry):
    """What the text is filled with; of several appointments, how many."""
    return holes(entry.plural or entry.text.words)


def holes(words):
    return set(re.findall(r"%\(\w+\)s|(?<!%){\w+}|</?\w+", words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_programs_read_is_made_of_what_people_write(language):
    """msgfmt was run after the last change of a .po file."""
    for po in catalogues(language):
        assert read(po.with_suffix(".mo")) == written(po), po


def read(mo: Path):
    with mo.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    return {key: words for key, words in catalogue.items() if key}


def written(po: Path):
    found = {}
    for each in texts.entries(po):
        key = f"{each.text.context}\x04{each.text.words}" if each.text.context else each.text.words
        if each.plural:
            found |= {(key, number): words for number, words in enumerate(each.german)}
        else:
            found[key] = each.german[0]
    return found


def test_what_goes_by_mail_has_one_spelling():
    """ "E-mail" where the thing is meant, "mail" where it is sent; in names of fields `email`."""
    every = [each.text.words for po in catalogues("de") for each in texts.entries(po)]
    said = [GAPS.sub("", words) for words in every]
    assert [words for words in said if re.search(r"\b[Ee]mails?\b", words)] == []


@pytest.mark.parametrize("script", sorted(ASSETS.glob("*.js")), ids=lambda path: path.name)
def test_no_script_has_words_of_its_own(script):
    """They come with the page, which is translated."""
    code = re.sub(r"^\s*//.*$|\s// .*$", "", script.read_text(), flags=re.MULTILINE)
    sentences = re.findall(r'["`]([A-Z][a-z]+[ ,.][^"`]*)["`]', code)
    assert set(sentences) <= SCRIPTS_MAY_SAY


def test_days_and_clocks_are_written_in_one_place():
    """What people read: programs, and the tools for who develops here, write %Y-%m-%d."""
    wording = house.HOUSE / "kernel" / "wording"
    others = [
        path
        for path in house.HOUSE.rglob("*.py")
        if path.parent != wording and not {"devtools", "embedded"} & set(path.parts)
    ]
    pattern = re.compile(r"date_format\(|\btime_format\(|%[aAbBI]\b|format_money|format_percent")
    assert [name(path) for path in others if pattern.search(path.read_text())] == []

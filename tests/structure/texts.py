"""The texts of templates and catalogues: what a page says by itself, and what it says translated."""

import ast
import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from django.template.base import Lexer, Token, TokenType
from django.utils.translation.template import templatize

from tests.structure import house

SEEN = {"title", "aria-label", "placeholder", "alt", "label"}
SILENT = {"script", "style"}
GIVEN = re.compile(
    r"\b(?:title|text|action|action_text|back_text|keep|label|said|verb|previous_text|next_text)"
    r'="([^"]+)"'
)
BY_FILTER = re.compile(r'\|(?:default|yesno|pluralize):"([^"]*[A-Z ][^"]*)"')
CALL = re.compile(r"\b(?:n?p?gettext|_)\(")
MARKED = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans"}
HIDDEN = MARKED | {"comment": "endcomment"}


OTHERS = {"dev", "api", "admin", "operators"}  # who develops, programs or operates reads English


def templates() -> list[Path]:
    return sorted(
        path
        for path in house.HOUSE.glob("*/templates/**/*")
        if path.suffix in {".html", ".txt"} and not OTHERS & set(path.parts)
    )


class Reader(HTMLParser):
    """What of a page is seen or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        names = SEEN | ({"value"} if _is_button(tag, told) else set())
        names |= {"content"} if told.get("name") == "description" else set()
        self.said += [value for name, value in attrs if name in names and value]
        self.silent = tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def _is_button(tag: str, told: dict[str, str | None]) -> bool:
    return tag == "input" and told.get("type") in {"submit", "button", "reset"}


def unmarked(template: Path) -> list[str]:
    """What a template says in words of its own."""
    reader = Reader()
    rest, given = _outside(Lexer(template.read_text()).tokenize())
    reader.feed(rest)
    return [" ".join(text.split()) for text in reader.said + given if text.strip()]


def _outside(tokens: list[Token]) -> tuple[str, list[str]]:
    """The page without its tags, and the words that its tags are given."""
    rest, given, until = [], [], ""
    for token in tokens:
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
        if until:
            until = "" if name == until else until
        elif name in HIDDEN:
            until = HIDDEN[name]
        elif token.contents == "block page_class":
            until = "endblock"
        elif token.token_type == TokenType.TEXT:
            rest.append(token.contents)
        elif token.token_type != TokenType.COMMENT:
            given += GIVEN.findall(token.contents) + BY_FILTER.findall(token.contents)
    return "".join(rest), given


class Text(NamedTuple):
    context: str
    words: str


def marked(template: Path) -> set[Text]:
    """What a template says in the reader's language."""
    return {found for call in _calls(templatize(template.read_text())) if (found := _text(call))}


def _calls(program: str) -> list[ast.Call]:
    """The calls of gettext in what Django makes of a template for xgettext."""
    found = []
    for start in (match.start() for match in CALL.finditer(program)):
        for end in (match.end() for match in re.finditer(r"\)", program[start:])):
            try:
                call = ast.parse(program[start : start + end], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call):
                found.append(call)
            break
    return found


def _text(call: ast.Call) -> Text | None:
    words = [each.value for each in call.args if isinstance(each, ast.Constant)]
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if not words or not isinstance(words[0], str):
        return None
    return Text(words[0], str(words[1])) if "pgettext" in name else Text("", words[0])


class Entry(NamedTuple):
    text: Text
    german: tuple[str, ...]
    plural: str
    fuzzy: bool


LINE = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d])? (\".*\")")


@cache
def entries(catalogue: Path) -> list[Entry]:
    """What stands in a .po file, its head left out."""
    blocks = re.split(r"\n\s*\n", catalogue.read_text())
    return [entry for entry in map(_entry, blocks) if entry.text.words]


def _entry(block: str) -> Entry:
    said: dict[str, list[str]] = {}
    name = ""
    for line in block.splitlines():
        if match := LINE.fullmatch(line):
            name = match[1]
            said.setdefault(name, []).append(json.loads(match[2]))
        elif line.startswith('"'):
            said[name][-1] += json.loads(line)
    text = Text(said.get("msgctxt", [""])[0], said.get("msgid", [""])[0])
    fuzzy = "fuzzy" in block.split("msgid", maxsplit=1)[0]
    german = tuple(said.get("msgstr", []))
    return Entry(text, german, said.get("msgid_plural", [""])[0], fuzzy)

"""What the pages about the code name is where they say. Records of decisions may name what was."""

import re

import pytest

from tests.structure import house

ROOT = house.HOUSE.parent
PAGES = [
    ROOT / "ARCHITECTURE.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
PATH = re.compile(
    r"`(?P<path>[\w.][\w./-]*(?:\.(?:py|sql|md|html|yaml|toml|scss)|/))(?::(?P<name>\w+))?"
)
CALL = re.compile(r"`(?P<module>[a-z_]+)\.(?!(?:py|sql|md)`)(?P<name>[A-Za-z_]+)(?:\(\))?`")
# What we do without, and what comes into being as it runs.
NOWHERE = {"utils.py", "data/", "DATA_DIR/", ".venv/bin/", "./"}
KEPT = ("openslot", "tests", "docs", "bench", "rehearsal", "deploy", "scripts", "assets", ".ci")
TREES = [ROOT / name for name in KEPT]
FILES = [path for tree in TREES for path in tree.rglob("*")] + list(ROOT.glob("*"))
PLACES = [f"/{path.relative_to(ROOT)}{'/' if path.is_dir() else ''}" for path in FILES]
MODULES = {place.removesuffix(".py").rpartition("/")[2] for place in PLACES if place[-3:] == ".py"}


def places(path):
    """Where something of that name stands; a page may leave out the beginning of a path."""
    return [place for place in PLACES if place.endswith(f"/{path}")]


def defines(place, name):
    text = (ROOT / place[1:]).read_text()
    return re.search(rf"^\s*(?:(?:async )?def|class) {name}\b|^{name}\b.* = ", text, re.MULTILINE)


def missing(text):
    """The paths in it that lead nowhere, and the names that do not stand where it says."""
    for found in PATH.finditer(text):
        path, name = found["path"], found["name"]
        there = places(path)
        if path not in NOWHERE and not (
            there if not name else [p for p in there if defines(p, name)]
        ):
            yield found[0]
    for call in CALL.finditer(text):
        there = [place for place in places(f"{call['module']}.py") if defines(place, call["name"])]
        if call["module"] in MODULES and not there:
            yield call[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_whatever_a_page_names_stands_there(page):
    assert list(missing(page.read_text())) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`kernel/timerange.py:instant`", False),
        ("`appointments/free/`", False),
        ("`slots.slots`", False),
        ("`appointments/timerange.py`", True),
        ("`kernel/timerange.py:moment_of_truth`", True),
        ("`slots.everything`", True),
        ("`appointments/busy/`", True),
    ],
)
def test_what_is_not_there_is_seen(text, wrong):
    assert bool(list(missing(text))) is wrong

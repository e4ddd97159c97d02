"""docs/security.md has a line for every requirement, and what it names is there."""

import re

import pytest

from tests.running.processes import ROOT

# Of OWASP ASVS 5.0.0, levels 1 and 2: section, and the numbers of its requirements.
SECTIONS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2
2.1:1-3 2.2:1-3 2.3:1-4 2.4:1-1
3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1-1 4.3:1-2 4.4:1-4
5.1:1-1 5.2:1-3 5.3:1-2 5.4:1-3
6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2
8.1:1-2 8.2:1-3 8.3:1-1 8.4:1-1
9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3
11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1-1 11.6:1-1
12.1:1-3 12.2:1-2 12.3:1-4
13.1:1-1 13.2:1-5 13.3:1-2 13.4:1-5
14.1:1-2 14.2:1-4 14.3:1-3
15.1:1-3 15.2:1-3 15.3:1-7
16.1:1-1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3
17.1:1-1 17.2:1-4 17.3:1-2
"""
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (\w+) \| ?(.*?) ?\|$", re.MULTILINE)
FILE = re.compile(r"(?<![\w/.])(?:tests|openslot|docs|assets)/[\w/.-]*\w")
SHORTEST = 40  # letters of a reason that says something
ROWS = ROW.findall((ROOT / "docs/security.md").read_text())


def required():
    for section, first, last in re.findall(r"(\d+\.\d+):(\d+)-(\d+)", SECTIONS):
        yield from (f"{section}.{n}" for n in range(int(first), int(last) + 1))


def test_every_requirement_has_one_line_in_its_order():
    numbers = [number for number, *_ in ROWS]
    assert numbers == list(required())
    assert len(numbers) == 253


def test_each_is_said_to_be_so_or_why_not():
    bare = {number for number, _, word, by in ROWS if word != "none" and not by}
    unknown = {number for number, _, word, _ in ROWS if word not in {"yes", "none", "site", "no"}}
    short = {number for number, _, word, by in ROWS if word == "no" and len(by) < SHORTEST}
    assert (bare, unknown, short) == (set(), set(), set())


@pytest.mark.parametrize("page", ["security.md", "threat-model.md", "proof.md"])
def test_every_file_that_is_named_is_there(page):
    named = FILE.findall((ROOT / "docs" / page).read_text())
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()

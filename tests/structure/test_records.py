"""Decisions are found by their numbers."""

import re

from tests.running.processes import ROOT

RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))
SAID = re.compile(r"\b(?:ADR |adr/)(\d{4})(-[\w-]+\.md)?")


def test_each_record_has_a_number_of_its_own_and_says_it():
    numbers = [path.name[:4] for path in RECORDS]
    assert numbers == [f"{n:04}" for n in range(1, len(RECORDS) + 1)]
    for path in RECORDS:
        assert path.read_text().startswith(f"# {path.name[:4]} "), path.name


def test_every_record_that_is_spoken_of_is_there():
    names = {path.name for path in RECORDS}
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("openslot/**/*.py")]:
        for number, rest in SAID.findall(path.read_text()):
            fits = {name for name in names if name.startswith(number + rest)}
            assert fits, f"{path.name}: {number}{rest}"

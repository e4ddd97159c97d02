"""docs/packages.md names what we run with, as it is pinned now."""

import re
from importlib.metadata import version

import yaml

from scripts import packages

PAGE = packages.PAGE.read_text()


def test_every_package_stands_there_with_its_version_and_a_licence():
    named = [*packages.of_python(), *packages.of_pages()]
    rows = {
        (name, version): licence
        for name, version, licence in (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in PAGE.splitlines()
            if line.startswith("| ")
        )
    }
    del rows["Package", "Version"]
    assert rows.keys() == {(each.name, each.version) for each in named}, "make packages"
    assert all(rows.values())


def test_the_release_is_called_the_same_everywhere():
    ours = version("openslot")
    said = re.search(r"^## (\S+)", (packages.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    described = yaml.safe_load((packages.ROOT / "docs/openapi.yaml").read_text())["info"]
    assert said[1] == described["version"] == ours
    assert (packages.ROOT / "docs/releases" / f"{ours}.md").exists()

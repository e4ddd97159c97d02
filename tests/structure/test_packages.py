"""docs/packages.md names what we run with, as it is pinned now."""

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

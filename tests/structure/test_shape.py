"""The size of things. What is too large stands in a list that only gets shorter."""

import tomllib
from collections import Counter
from itertools import chain
from statistics import median, quantiles

from tests.structure import house

LONG_FUNCTIONS: set[str] = set()
LONG_FILES: set[str] = set()
CROWDED: set[str] = set()
ALIASED: set[str] = set()
# What stands around the floors, and folders that Django looks for.
NO_ROOMS = {"devtools", "embedded", "migrations", "templatetags", "management"}


def too_many(found, listed, what):
    """Nothing beyond the list; and what is mended leaves it."""
    assert found <= listed, f"{what}: {sorted(found - listed)}"
    assert listed <= found, f"mended, so take it off the list: {sorted(listed - found)}"


def test_half_of_the_functions_have_six_lines_or_fewer_and_nine_in_ten_seventeen():
    lengths = house.functions().values()
    assert median(lengths) <= 6
    assert quantiles(lengths, n=10)[-1] <= 17


def test_no_function_has_more_than_fifty_lines():
    found = {name.rpartition(":")[0] for name, lines in house.functions().items() if lines > 50}
    too_many(found, LONG_FUNCTIONS, "more than fifty lines")


def test_half_of_the_files_have_fewer_than_ninety_lines():
    assert median(module.lines for module in house.MODULES) < 90


def test_no_file_has_more_than_350_lines():
    found = {module.path for module in house.MODULES if module.lines > 350}
    too_many(found, LONG_FILES, "more than 350 lines")


def test_no_folder_holds_more_than_a_dozen_modules():
    found = {folder for folder, modules in house.crowds().items() if modules > 12}
    too_many(found, CROWDED, "more than a dozen modules")


def test_what_is_imported_keeps_its_name():
    too_many(house.aliases(), ALIASED, "imported by another name")


def contracts():
    """The layers that import-linter keeps in order, as sets of modules."""
    text = (house.HOUSE.parent / "pyproject.toml").read_text()
    for contract in tomllib.loads(text)["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            yield {name.strip() for layer in contract["layers"] for name in layer.split("|")}


def test_the_order_of_the_floors_and_of_the_rooms_on_each_is_kept_by_import_linter():
    kept = set(chain.from_iterable(contracts()))
    places = {path.parent.relative_to(house.HOUSE).parts for path in house.HOUSE.rglob("*.py")}
    rooms = {parts for parts in places if parts and not NO_ROOMS & {*parts}}
    beside = Counter(parts[:-1] for parts in rooms)  # one room alone has no order
    ordered = {".".join(("openslot", *parts)) for parts in rooms if beside[parts[:-1]] > 1}
    assert ordered <= kept

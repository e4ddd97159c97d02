"""How tests share: fixtures in the conftest above them, everything else in modules that are no tests."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("*.py"))


def imported(tree):
    """The dotted names that a module imports from the tests, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "tests are imported by their whole names"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_a_test_or_conftest(dotted):
    words = dotted.split(".")
    return words[0] == "tests" and any(w == "conftest" or w.startswith("test_") for w in words)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nothing_is_imported_from_a_test_or_a_conftest(path):
    taken = filter(is_a_test_or_conftest, imported(ast.parse(path.read_text())))
    assert not list(taken), (
        "a fixture belongs in the conftest of the folder that shares it,"
        " a function or a value in a module of its own beside the tests"
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from tests.web.test_booking import TEN", True),
        ("from tests.api import conftest", True),
        ("import tests.api.conftest as c", True),
        ("from tests.appointments import test_slots", True),
        ("from tests.town import at", False),
        ("from django.test import Client", False),
    ],
)
def test_each_way_to_import_one_is_seen(line, found):
    assert any(map(is_a_test_or_conftest, imported(ast.parse(line)))) is found

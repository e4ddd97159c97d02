"""The modules of the house as text and as trees."""

import ast
from pathlib import Path
from typing import NamedTuple

import openslot

HOUSE = Path(openslot.__file__).parent


class Module(NamedTuple):
    path: str  # from openslot/ on
    lines: int
    tree: ast.Module


def modules() -> list[Module]:
    """All but migrations and what is empty."""
    paths = (path for path in sorted(HOUSE.rglob("*.py")) if "migrations" not in path.parts)
    texts = ((str(path.relative_to(HOUSE)), path.read_text()) for path in paths)
    return [
        Module(path, len(text.splitlines()), ast.parse(text))
        for path, text in texts
        if text.strip()
    ]


MODULES = modules()


def functions() -> dict[str, int]:
    """How many lines each function has, decorators not counted."""
    return {
        f"{module.path}:{node.name}:{node.lineno}": node.end_lineno - node.lineno + 1
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def aliases() -> set[str]:
    """Imports of our own that are given another name."""
    return {
        f"{module.path}: {alias.name} as {alias.asname}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if alias.asname and f"{getattr(node, 'module', alias.name)}".startswith("openslot")
    }


def crowds() -> dict[str, int]:
    """How many modules stand in each folder; models.py, apps.py and admin.py are Django's places."""
    rooms = [Path(m.path) for m in MODULES if not m.path.endswith("__init__.py")]
    rooms = [path for path in rooms if path.name not in {"models.py", "apps.py", "admin.py"}]
    folders = {str(path.parent) for path in rooms} - {"."}
    return {folder: sum(str(p.parent) == folder for p in rooms) for folder in folders}

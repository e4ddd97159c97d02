"""Texts in Python that nobody has marked: what would be said in English whatever the reader speaks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure import house

# Words that begin like a sentence or a label, or two of them; HTML aside.
SAID = re.compile(r"^\W*[A-Z][a-z]+(?:['’][a-z]+)?(?:-[a-z]|[ ,.:!?…]|$)|\b[a-z]+ [a-z]+\b")
SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|LOCK|SET)\b")
TAGS = re.compile(r"<[^>]*>?|^[^<>]*>")
MARKS = {"_", "gettext_noop"} | {
    f"{kind}gettext{end}" for kind in ("", "n", "p", "np") for end in ("", "_lazy")
}
# Calls that name classes, write logs, or say what went wrong to whoever wrote the program.
OF_PROGRAMS = {
    *("ForeignKey", "OneToOneField", "ManyToManyField", "GenericForeignKey", "cast", "TypeVar"),
    *("ParamSpec", "getLogger", "debug", "info", "warning", "error", "exception", "critical"),
    *(
        "RuntimeError",
        "ImproperlyConfigured",
        "ValueError",
        "TypeError",
        "LookupError",
        "SystemExit",
    ),
    *("KeyError", "AssertionError", "OSError", "DatabaseError", "OperationalError", "Doubtful"),
}
HEADERS = {
    *("Accept", "Allow", "Authorization", "Cookie", "Location", "Referer", "Lax", "Bearer", "To"),
    *("User-agent: *", "Disallow:", "Sitemap:", "Offer", "Service"),  # robots.txt, schema.org
}
PROGRAMS = {"Edg", "Edge", "Opera", "Firefox", "Chrome", "Safari", "Android", "Windows", "Linux"}
LOGGED = {  # or part of what programs hand each other
    *("sign-in refused, too many failures", "sign-in failed", "token endpoint", "no tokens"),
    *("kept answer:", "zone rules", "Factory"),
}
NAMES = HEADERS | PROGRAMS | LOGGED | {"Mac OS", "macOS", "Apple", "Google", "Outlook"}
# Who reads English: operators (docs/self-hosting.md says so), programs and those who write them.
FOLDERS = {
    *("migrations", "devtools", "dev", "demo", "embedded", "variables", "management"),
    *("operators", "operating", "postgres", "settings"),
}
FILES = {
    *("admin.py", "checks.py", "cli.py", "up.py", "worker.py", "serving.py", "server.py"),
    *("backup.py", "personal.py", "prepare.py", "environment.py", "logs.py"),
    *("api/metrics.py", "api/health.py", "api/protocol/schema.py"),  # for programs
    "kernel/keeping/retention.py",  # what `openslot forget` prints
    "appointments/changing/planning.py",  # a plan as tests and logs show it
}


def programs() -> list[Path]:
    return [
        path
        for path in sorted(house.HOUSE.rglob("*.py"))
        if not FOLDERS & set(path.parts)
        and not any(f"/{path}".endswith(f"/{file}") for file in FILES)
    ]


def unmarked(program: Path) -> list[str]:
    """What it says in words of its own."""
    in_api = program.is_relative_to(house.HOUSE / "api")
    found = _said(ast.parse(program.read_text()), in_api=in_api)
    return [text for text in found if text.strip() not in NAMES and not SQL.match(text)]


def _said(node: ast.AST, *, in_api: bool) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        text = TAGS.sub("", node.value) if isinstance(node.value, str) else ""
        if SAID.search(text):
            yield text
        return
    for child in _spoken(node, in_api=in_api):
        yield from _said(child, in_api=in_api)


def _spoken(node: ast.AST, *, in_api: bool) -> Iterator[ast.AST]:
    """The parts of a node that may be shown to somebody."""
    if _is_silent(node):
        return
    aside: list[ast.AST | None] = []
    if isinstance(node, ast.FunctionDef):
        aside = [node.args, node.returns]
        yield from node.args.defaults
        yield from (each for each in node.args.kw_defaults if each)
    elif isinstance(node, ast.ClassDef):
        aside = [*node.bases]
    elif isinstance(node, ast.AnnAssign):
        aside = [node.annotation]
    elif isinstance(node, ast.Call) and in_api:  # what OpenAPI says of a field
        aside = [each for each in node.keywords if each.arg in {"help_text", "description"}]
    yield from (each for each in ast.iter_child_nodes(node) if each not in aside)


def _is_silent(node: ast.AST) -> bool:
    """Docstrings, marked texts, calls that nobody reads, what the admin calls a row."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return _name(node.func) in MARKS | OF_PROGRAMS
    if isinstance(node, ast.FunctionDef):
        return node.name in {"__str__", "__repr__"}
    return isinstance(node, ast.Assign) and _name(node.targets[0]) == "__all__"


def _name(node: ast.AST) -> str:
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))

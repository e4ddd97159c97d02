"""Every text that people read, gathered into one catalogue an app and language: `make words`.

A text is marked by gettext's functions in Python and `{% translate %}` in templates. Two are found
without: the docstring of an error, which is its message, and the name of a form's field, which is
what it is called where nothing else is said. What has no translation in one app and has one in
another gets that; what nobody says any more goes. With `--new fr` another language begins.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

django.setup()

from django.forms.utils import pretty_name  # noqa: E402
from django.utils.translation.template import templatize  # noqa: E402

import openslot.accounts.factors  # noqa: E402  (named by a setting alone)
import openslot.urls  # noqa: E402, F401  (every door, and with it every error)
from openslot.kernel.errors import DomainError  # noqa: E402

HOUSE = Path(__file__).resolve().parent.parent / "openslot"
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # so that what is compiled anew is the same
REST = "kernel"  # the app of what stands in none
KEYWORDS = {
    name: spec
    for stem in ("gettext", "_")
    for name, spec in ((stem, None), (f"{stem}_lazy", None), (f"{stem}_noop", None))
} | {
    f"{kind}{end}": spec
    for kind, spec in (
        ("ngettext", (1, 2)),
        ("pgettext", ((1, "c"), 2)),
        ("npgettext", ((1, "c"), 2, 3)),
    )
    for end in ("", "_lazy")
}
IN_TEMPLATES = re.compile(r"\b(n?p?gettext|_)\((.*?)\)(?=\s)", re.DOTALL)
WITHOUT_LABELS = ("models.", "serializers.", "fields.")
Key = str | tuple[str, str]
Found = dict[tuple[Key, str | None], None]


def apps() -> list[str]:
    return sorted(path.parent.name for path in HOUSE.glob("*/locale"))


def app_of(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return first if first in apps() else REST


def gathered() -> dict[str, Found]:
    """The texts of each app: `(text, context)`, a text with its plural as a pair."""
    found: dict[str, Found] = defaultdict(dict)
    for path in sorted(HOUSE.rglob("*.py")):
        source = path.read_text()
        found[app_of(path)] |= dict.fromkeys(of_python(source))
        if path.is_relative_to(HOUSE / "web") or "signing" in path.parts:
            found[app_of(path)] |= dict.fromkeys(of_fields(source))
    for path in sorted([*HOUSE.rglob("*.html"), *HOUSE.rglob("templates/**/*.txt")]):
        found[app_of(path)] |= dict.fromkeys(of_template(path.read_text()))
    for error in sorted(errors(DomainError), key=lambda kind: kind.__qualname__):
        path = Path(inspect.getfile(error))
        if path.is_relative_to(HOUSE) and error.__doc__:
            said = inspect.cleandoc(error.__doc__).partition("\n\n")[0]
            found[app_of(path)][" ".join(said.split()), None] = None
    return found


def of_python(source: str) -> Iterator[tuple[Key, str | None]]:
    for _line, name, text, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, [], {}):
        yield from _found(name, list(text) if isinstance(text, tuple) else [text])


def _found(name: str, texts: list[str | None]) -> Iterator[tuple[Key, str | None]]:
    context = texts.pop(0) if "pgettext" in name else None
    if not texts or not (texts[0] or "").strip():
        return
    plural = name.removeprefix("p").startswith("n") and len(texts) > 1
    yield ((texts[0], texts[1] or "") if plural else texts[0]), context


def of_template(source: str) -> Iterator[tuple[Key, str | None]]:
    """What Django's own makemessages finds in a template."""
    for name, said in IN_TEMPLATES.findall(templatize(source)):
        try:
            texts = ast.literal_eval(f"[{said.removesuffix('count')}]")
        except (SyntaxError, ValueError):
            continue
        yield from _found(name, texts)


def of_fields(source: str) -> Iterator[tuple[Key, str | None]]:
    """Fields of forms that go by their names."""
    for form in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)):
        for field in form.body:
            if isinstance(field, ast.Assign) and isinstance(field.value, ast.Call):
                kind, text = ast.unparse(field.value.func), ast.unparse(field.value)
                labelled = "label=" in text or "HiddenInput" in text
                if kind.endswith("Field") and not kind.startswith(WITHOUT_LABELS) and not labelled:
                    yield pretty_name(ast.unparse(field.targets[0])), None


def errors(kind: type[DomainError]) -> set[type[DomainError]]:
    return {kind}.union(*(errors(each) for each in kind.__subclasses__()))


def catalogue(app: str, language: str) -> Path:
    return HOUSE / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(texts: Found, known: Catalog, others: list[Catalog], language: str) -> Catalog:
    """The texts with what they are in that language, as far as anybody has said."""
    fresh = Catalog(locale=language, fuzzy=False)
    for text, context in texts:
        sources = (each.get(_id(text), context) for each in (known, *others))
        said = next((each for each in sources if _fits(each, text)), None)
        fresh.add(text, said.string if said else "", context=context)
    return fresh


def _id(text: Key) -> str:
    return text if isinstance(text, str) else text[0]


def _fits(said: Message | None, text: Key) -> bool:
    if said is None or said.fuzzy or not said.string:
        return False
    whole = said.string if isinstance(said.string, str) else all(said.string)
    return bool(whole) and isinstance(said.string, str) == isinstance(text, str)


def write(catalog: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    said = BytesIO()
    write_po(said, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    path.write_bytes(head.encode() + said.getvalue().strip() + b"\n")
    with path.open("rb") as file, path.with_suffix(".mo").open("wb") as compiled:
        kept = read_po(file, locale=catalog.locale)
        kept.creation_date = kept.revision_date = SAME_DAY
        write_mo(compiled, kept)


def languages() -> list[str]:
    return sorted({path.name for path in HOUSE.glob("*/locale/*")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--new", help="a language to begin, such as fr")
    new = parser.parse_args().new
    found = gathered()
    for language in [new] if new else languages():
        known = {app: read(catalogue(app, language), language) for app in apps()}
        for app in apps():
            catalog = renewed(found[app], known[app], list(known.values()), language)
            write(catalog, catalogue(app, language))
            missing = sum(not _fits(each, each.id) for each in catalog if each.id)
            print(f"{language} {app}: {len(catalog)} texts, {missing} without a translation")


if __name__ == "__main__":
    main()

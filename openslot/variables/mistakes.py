"""What the operator got wrong, before anything starts: all of it, in one line.

Other programs' variables stand in the same environment. One counts as misspelt only where the name
it resembles is not set itself; setting that one (be it to nothing) says that the other is meant.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator

from openslot.variables import reading, table
from openslot.variables.kinds import WrongVariable
from openslot.variables.table import NAMED

PREFIX = "OPENSLOT_"
ALIKE = 0.9  # DATABASE_URI resembles DATABASE_URL, DATABASE_USER does not
# What Kubernetes tells every pod about a service that is called "openslot".
OF_KUBERNETES = re.compile(r"_SERVICE_(HOST|PORT)|_PORT(_\d+_(TCP|UDP)|$)")
GO_TOGETHER = (
    ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ("GOOGLE_CALENDAR_CLIENT_ID", "GOOGLE_CALENDAR_CLIENT_SECRET"),
)


def check() -> None:
    """Raise WrongVariable where a variable is unknown, ill-formed or contradicts another."""
    mistakes = [*_ill_formed(), *_unknown()] or [*_halves()]
    if mistakes:
        raise WrongVariable("; ".join(mistakes))


def _ill_formed() -> Iterator[str]:
    for name in NAMED:
        try:
            reading.value(name)
        except WrongVariable as error:
            yield str(error)


def _halves() -> Iterator[str]:
    for one, other in GO_TOGETHER:
        if reading.is_set(one) != reading.is_set(other):
            yield f"{one} and {other} go together; one of them is unset"
    if reading.text("GOOGLE_PUSH_ENABLED") == "on" and not _can_be_called():
        yield "GOOGLE_PUSH_ENABLED is on, and Google calls nothing but https: see BASE_URL"


def _can_be_called() -> bool:
    return reading.text("BASE_URL").startswith("https://") or reading.is_set("GOOGLE_EMULATOR_URL")


def _unknown() -> Iterator[str]:
    known = NAMED.keys() | {f"{v.name}_FILE" for v in table.VARIABLES if v.secret}
    for name in sorted(os.environ.keys() - known - table.OF_THE_HOUSE):
        meant = _resembled(name, known)
        if name.removesuffix("_FILE") in NAMED:
            yield f"{name} is unknown: only a secret may come from a file"
        elif meant:
            yield f"{name} is unknown; {meant} is meant? (set that, or unset this one)"
        elif name.startswith(PREFIX) and not OF_KUBERNETES.search(name):
            yield f"{name} is unknown, and names in {PREFIX} are ours: see docs/self-hosting.md"


def _resembled(name: str, known: set[str]) -> str | None:
    """The name of ours that this one was probably to be, where that one is not set."""
    for ours in sorted(known - os.environ.keys()):
        if _letters(ours) == _letters(name):
            return ours
    near = difflib.get_close_matches(name.upper(), sorted(known), n=1, cutoff=ALIKE)
    return next((ours for ours in near if ours not in os.environ), None)


def _letters(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())

"""The pages: consent, and a small calendar to look at and to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openslot.devtools.google.errors import Refused
from openslot.devtools.google.faults import Call
from openslot.devtools.google.server import Answer

if TYPE_CHECKING:
    from openslot.devtools.google.emulator import Google


def answer(google: Google, call: Call) -> Answer:
    raise Refused(404, "notFound", f"Nothing at {google.url}{call.path}")

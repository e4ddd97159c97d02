"""A time against the provider's own hours or time off: said first, and done when wanted anyway."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from openslot.accounts.models import Provider
from openslot.appointments.desk import agenda
from openslot.kernel.timerange import Span
from openslot.web.parts import picker


def against(request: HttpRequest, provider: Provider, span: Span) -> dict[str, Any]:
    """What appointment/unwilling.html says against the time; nothing where it is wanted anyway,
    which is said of the very start that was warned of.
    """
    anyway = picker.stamp(span.start)
    if request.POST.get("anyway") == anyway:
        return {}
    said = agenda.unwilling(provider, spans=[span])[0]
    return {"against": said, "anyway": anyway} if said else {}

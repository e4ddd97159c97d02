"""What availability keeps about people: see kernel/privacy.py."""

from __future__ import annotations

from typing import Any

from openslot.accounts.models import Provider
from openslot.availability.models import (
    Busy,
    FormerHours,
    FormerSpecialHours,
    FormerTimeOff,
    SpecialHours,
    TimeOff,
    WorkingHours,
)
from openslot.kernel import privacy

KEPT = {
    "working_hours": WorkingHours,
    "special_hours": SpecialHours,
    "time_off": TimeOff,
    "busy_elsewhere": Busy,
    "former_hours": FormerHours,
    "former_special_hours": FormerSpecialHours,
    "former_time_off": FormerTimeOff,
}


def export_provider(provider: Provider) -> dict[str, Any]:
    return {
        name: privacy.rows(model._default_manager.filter(provider=provider))
        for name, model in KEPT.items()
    }


def forget_provider(provider: Provider) -> None:
    for model in KEPT.values():
        model._default_manager.filter(provider=provider).delete()


PART = privacy.Part(
    models=[model._meta.label for model in KEPT.values()],
    export_provider=export_provider,
    forget_provider=forget_provider,
)

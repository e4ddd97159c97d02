"""The rules by which a provider is booked, with what they would offer before they are saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from openslot.accounts import people
from openslot.accounts.models import Provider
from openslot.accounts.offering import rules
from openslot.accounts.offering.rules import Group
from openslot.appointments.desk import rehearsal
from openslot.catalog.models import Service
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import partials
from openslot.web.parts.fields import of_column
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

Days = list[tuple[date, list[Span]]]
PREVIEWED = 14  # days in which times are counted
DAYS = 3  # as many with room are shown
PREVIEWED_BELOW = "buffer_after_minutes"  # the group with that rule


class RulesForm(AsRead):
    vars().update(
        {
            column.name: of_column(column, label=rule.label, help_text=rule.help_text)
            for column in rules.COLUMNS
            for rule in [rules.ALL[column.name]]
        }
    )

    def sections(self) -> Iterator[tuple[Group, list[forms.BoundField], bool]]:
        """The groups of rules with their fields, and whether the preview stands under them."""
        for group in rules.GROUPS:
            names = [rule.name for rule in group.rules]
            yield group, [self[name] for name in names], PREVIEWED_BELOW in names


@for_providers
@once
def booking_rules(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    now = {name: getattr(provider, name) for name in rules.ALL}
    form = RulesForm(posted(request), initial=now)
    if "preview" in request.POST:
        return _page(request, form=form, tried=_tried(form))
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.change_provider(provider, **form.cleaned_data)
    ):
        return Answer(reverse("booking_rules"), gettext("Saved."))
    return _page(request, form=form)


def _page(
    request: DeskRequest,
    *,
    form: RulesForm,
    tried: dict[str, Any] | None = None,
) -> HttpResponse:
    """With what would be on offer by the rules in the form, where that was asked for."""
    shown = Provider.objects.get(pk=request.provider.pk)
    context = {"form": form, "provider": shown, "tried": tried is not None}
    context["preview"] = _preview(shown, tried or {}, now=timezone.now())
    status = 200 if tried is not None else errors.status(form)
    return partials.answer(
        request, "desk/booking_rules.html", context, part="rules-preview", status=status
    )


def _tried(form: RulesForm) -> dict[str, Any]:
    """The rules as they are typed; what makes no sense counts as it stands."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if name in rehearsal.RULES}


def _preview(provider: Provider, tried: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """When the first service by name can be had; nothing without a service."""
    offers = Service.objects.offered().filter(provider=provider).select_related("provider")
    service = offers.order_by("name", "pk").first()
    if service is None:
        return {}
    stands = _fortnight(service, rules={}, now=now)
    would = _fortnight(service, rules=tried, now=now) if tried else stands
    return {
        "service": service,
        "days": [(day, found) for day, found in would if found][:DAYS],
        "count": sum(len(found) for _, found in would),
        "before": sum(len(found) for _, found in stands),
    }


def _fortnight(service: Service, *, rules: dict[str, Any], now: datetime) -> Days:
    today = timezone.localdate(now, timezone=service.provider.zone)
    last = today + timedelta(days=PREVIEWED - 1)
    return rehearsal.offered(service, rules=rules, first=today, last=last, now=now)

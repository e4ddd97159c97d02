"""“Why not?”: a provider asks why customers cannot have a time, and what to do about it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from openslot.accounts.models import Provider
from openslot.appointments.free import why
from openslot.catalog.models import Service
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk import services
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.fields import ClockField, DayField

# Where what stands in the way can be changed: the name of a page, and what its link says.
MENDED = {
    "inactive": ("services", _("See your services")),
    "notice": ("booking_rules", _("Change the notice")),
    "window": ("booking_rules", _("Change how far ahead")),
    "outside_hours": ("hours", _("Change your hours")),
    "off_grid": ("booking_rules", _("Change the steps")),
    "time_off": ("time_off", _("See your time off")),
    "busy_elsewhere": ("calendar", _("See your calendar's connection")),
    "daily_limit": ("booking_rules", _("Change the limit")),
}


class WhyForm(forms.Form):
    """A service, and when it would begin by the provider's clock."""

    service = forms.ModelChoiceField(Service.objects.none(), empty_label=None)
    date = DayField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    time = ClockField()

    def __init__(self, *args: Any, provider: Provider, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["service"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  (for the type checker)
        field.queryset = services.own(provider).select_related("provider__user")
        self.provider = provider

    def start(self) -> datetime:
        given = self.cleaned_data
        return timerange.instant(given["date"], given["time"], self.provider.zone)


@require_GET
@for_providers
def why_not(request: DeskRequest) -> HttpResponse:
    provider, now = request.provider, timezone.now()
    asked = request.GET if request.GET.get("time") else None
    today = {"date": request.GET.get("date") or timezone.localdate(now, provider.zone)}
    form = WhyForm(asked, provider=provider, initial=today | {"time": time(9)})
    context: dict[str, Any] = {"form": form, "provider": provider}
    if form.is_valid():
        service, start = form.cleaned_data["service"], form.start()
        context |= {
            "service": service,
            **_told(why.why(service, start, now=now), zone=provider.zone),
        }
    with timezone.override(provider.zone):
        return render(request, "desk/why.html", context, status=errors.status(form))


def _told(answer: why.Answer, *, zone: ZoneInfo) -> dict[str, Any]:
    reasons = [
        {
            "text": reason.detail,
            "span": reason.span,
            "one_day": reason.span is not None and _one_day(reason.span, zone),
            "href": _mended_at(reason),
            "link": MENDED.get(reason.code, ("", gettext("See the appointment")))[1],
        }
        for reason in answer.reasons
    ]
    return {"answer": answer, "reasons": reasons}


def _one_day(span: Span, zone: ZoneInfo) -> bool:
    return span.start.astimezone(zone).date() == span.end.astimezone(zone).date()


def _mended_at(reason: why.Reason) -> str:
    if reason.appointment is not None:
        return reverse("appointment", args=[reason.appointment])
    return reverse(MENDED[reason.code][0]) if reason.code in MENDED else ""

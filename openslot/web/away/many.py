"""Many days off at once: public holidays, or what stands in a calendar file.

Both are shown first, each day with a box; what is left ticked is taken. What was shown goes along
with the form, sealed by a signature, so that the file need not be sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from openslot.accounts.models import Provider
from openslot.appointments.changing import time_off
from openslot.availability import calendar_files, public_holidays
from openslot.availability.models import TimeOffSpan
from openslot.kernel import timerange
from openslot.kernel.timerange import Span
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once

SALT = "web.away.many"
HOURS = 12 * 3600  # for which what was shown can be taken
YEARS_AHEAD = 2

Shown = Sequence[tuple[Span, str]]


class HolidaysForm(forms.Form):
    """Of which country, and where in it."""

    country = forms.ChoiceField()
    region = forms.ChoiceField(
        required=False, help_text=_("Where it has days of its own. “Show” lists the regions.")
    )

    def __init__(self, data: QueryDict | None = None, *, country: str = "") -> None:
        super().__init__(data, initial={"country": country})
        chosen = self.data.get("country", country)
        known = dict(public_holidays.countries())
        regions = public_holidays.regions(chosen) if chosen in known else []
        names = {"country": [("", gettext("Choose one")), *known.items()]}
        names["region"] = [("", gettext("The whole country")), *regions]
        for name, choices in names.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
            field.choices = choices


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("From any calendar, at most 500 kB. What is marked as free takes no time."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


@require_safe
@for_providers
def many(request: DeskRequest) -> HttpResponse:
    """Choose a country or a file; a country that was chosen is shown at once."""
    provider = request.provider
    country = public_holidays.country_of(provider.zone)
    if "country" not in request.GET:
        return _page(request, holidays=HolidaysForm(country=country), file=FileForm())
    form = HolidaysForm(request.GET)
    shown = errors.outcome(form, lambda: _holidays(provider, **form.cleaned_data))
    return _page(request, holidays=form, file=FileForm(), shown=shown)


@require_POST
@for_providers
def from_file(request: DeskRequest) -> HttpResponse:
    form, provider = FileForm(request.POST, request.FILES), request.provider
    shown = errors.outcome(form, lambda: _in_file(provider, form.cleaned_data["file"].read()))
    country = public_holidays.country_of(provider.zone)
    return _page(request, holidays=HolidaysForm(country=country), file=form, shown=shown)


@require_POST
@for_providers
@once
def take(request: DeskRequest) -> Answer | HttpResponse:
    """Be away on what is ticked."""
    provider = request.provider
    try:
        shown = _unsealed(request.POST.get("shown", ""), provider)
    except signing.BadSignature:
        return redirect("time_off_many")
    ticked = set(request.POST.getlist("day"))
    wanted = [each for number, each in enumerate(shown) if str(number) in ticked]
    taken = time_off.take_all(provider, wanted)
    met = sum(map(len, time_off.conflicts_of(taken).values()))
    return Answer(reverse("time_off"), _told(len(taken), met))


def _told(taken: int, met: int) -> str:
    words = ngettext(
        "{count} time off in the calendar.", "{count} times off in the calendar.", taken
    ).format(count=taken)
    if not met:
        return words
    stay = ngettext("{count} appointment in them stays.", "{count} appointments in them stay.", met)
    return f"{words} {stay.format(count=met)}"


def _holidays(provider: Provider, *, country: str, region: str) -> Shown:
    today = timezone.now().astimezone(provider.zone).date()
    last = today.replace(year=today.year + YEARS_AHEAD - 1, month=12, day=31)
    days = public_holidays.between(country, region, today, last)
    return [(timerange.day_span(each.date, provider.zone), each.name) for each in days]


def _in_file(provider: Provider, content: bytes) -> Shown:
    now = timezone.now()
    within = Span(now, now + timedelta(days=366 * YEARS_AHEAD))
    found = calendar_files.read(content, within=within, zone=provider.zone)
    return [(entry.span, entry.title) for entry in found]


def _page(
    request: DeskRequest, *, holidays: HolidaysForm, file: FileForm, shown: Shown | None = None
) -> HttpResponse:
    provider = request.provider
    context = {
        "holidays": holidays,
        "file": file,
        "provider": provider,
        "days": None if shown is None else _described(provider, shown),
        "shown": _sealed(shown or [], provider),
    }
    status = errors.status(holidays, file)
    return render(request, "away/many.html", context, status=status)


def _described(provider: Provider, shown: Shown) -> list[dict[str, Any]]:
    """A row for each; those that are off already need no box."""
    there = TimeOffSpan.objects.filter(provider=provider, end__gt=timezone.now())
    known = {Span(*each) for each in there.values_list("start", "end")}
    return [
        {"number": number, "title": title, "off": span in known, **_days(span, provider)}
        for number, (span, title) in enumerate(shown)
    ]


def _days(span: Span, provider: Provider) -> dict[str, Any]:
    starts, ends = (at.astimezone(provider.zone) for at in span)
    whole = starts.time() == ends.time() == time.min
    return {"starts": starts, "ends": ends - timedelta(days=1) if whole else ends, "whole": whole}


def _sealed(shown: Shown, provider: Provider) -> str:
    told = [[span.start.isoformat(), span.end.isoformat(), title] for span, title in shown]
    return signing.dumps([str(provider.pk), told], salt=SALT, compress=True)


def _unsealed(sealed: str, provider: Provider) -> Shown:
    """What was shown to this provider. Raises `BadSignature`."""
    whose, told = signing.loads(sealed, salt=SALT, max_age=HOURS)
    if whose != str(provider.pk):
        raise signing.BadSignature
    return [
        (Span(*(datetime.fromisoformat(at) for at in (start, end))), title)
        for start, end, title in told
    ]

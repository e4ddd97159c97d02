"""The form of a day that differs from the week, and the way back from removing one."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from openslot.accounts.models import Provider
from openslot.availability import hours
from openslot.availability.hours import DaySpan
from openslot.availability.models import SpecialHours
from openslot.web.parts.fields import ClockField, DayField

PAIRS = (("opens", "closes"), ("opens_again", "closes_again"))
CLOCKS = [clock for pair in PAIRS for clock in pair]
SHOWN = 100


class SpecialForm(forms.Form):
    """One date that differs from the week: up to two spans, or none for a closed day."""

    now_and_then = tuple(CLOCKS)  # where it is open

    date = DayField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": gettext_lazy("Choose the day.")},
    )
    opens = ClockField(label=gettext_lazy("Opens"), required=False)
    closes = ClockField(label=gettext_lazy("Closes"), required=False)
    opens_again = ClockField(label=gettext_lazy("Opens again"), required=False)
    closes_again = ClockField(label=gettext_lazy("Closes"), required=False)

    def __init__(self, *args: Any, today: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.today = today

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day < self.today:
            raise forms.ValidationError(gettext("This day is over."))
        return day

    def clean(self) -> dict[str, Any]:
        for opens, closes in PAIRS:
            if bool(self._time(opens)) != bool(self._time(closes)) and not self.errors:
                self.add_error(closes, gettext("Give both times, or neither."))
        return self.cleaned_data

    def spans(self) -> list[DaySpan]:
        pairs = [(self._time(opens), self._time(closes)) for opens, closes in PAIRS]
        return [DaySpan(opens, closes) for opens, closes in pairs if opens and closes]

    def _time(self, name: str) -> time | None:
        value: time | None = self.cleaned_data.get(name)
        return value


def ahead(provider: Provider, today: date) -> list[dict[str, Any]]:
    """The special days from today on."""
    days = SpecialHours.objects.filter(provider=provider, date__gte=today)
    return [
        {"pk": item.pk, "date": item.date, "spans": hours.day_spans(item)} for item in days[:SHOWN]
    ]


def way_back(gone: SpecialHours) -> str:
    """What the form would have to say again; nothing for more spans than it has fields for."""
    clocks = [f"{clock:%H:%M}" for span in hours.day_spans(gone) for clock in span]
    if len(clocks) > len(CLOCKS):
        return ""
    return "?" + urlencode({"date": gone.date, **dict(zip(CLOCKS, clocks, strict=False))})


def removed(said: QueryDict, *, today: date) -> SpecialForm | None:
    """The special day that an address says was taken out, to put it back."""
    form = SpecialForm(said, auto_id=False, today=today)
    return form if "date" in said and form.is_valid() else None

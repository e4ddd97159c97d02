"""Form fields for what the domain speaks of: instants, dates, zones."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop

from openslot.kernel import timerange
from openslot.kernel.errors import Invalid
from openslot.kernel.folding import folded
from openslot.kernel.rows import columns
from openslot.kernel.wording import languages

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


REGIONS = (  # of the names of zones
    *(gettext_noop("Africa"), gettext_noop("America"), gettext_noop("Antarctica")),
    *(gettext_noop("Arctic"), gettext_noop("Asia"), gettext_noop("Atlantic")),
    *(gettext_noop("Australia"), gettext_noop("Europe"), gettext_noop("Indian")),
    gettext_noop("Pacific"),
)


class InstantField(forms.DateTimeField):
    """A moment, in UTC; one without an offset is read in the active zone."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is None:
            return None
        try:
            return timerange.bounded(moment, field="at")
        except (Invalid, OverflowError) as error:
            raise ValidationError(gettext("This lies too far away.")) from error


class DayField(forms.DateField):
    """A date of the years that appointments may lie in."""

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not timerange.EARLIEST.year < day.year < timerange.LATEST.year:
            raise ValidationError(gettext("This lies too far away."))
        return day


class ClockField(forms.TimeField):
    """Hours and minutes as a time control sends them."""

    def __init__(self, **options: Any) -> None:
        control = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], widget=control, **options)


class ZoneSelect(forms.Select):
    """Four hundred places, parted by region, with how far each clock is from UTC.

    The options are the same on every page for an hour: a template a place takes longer than the
    rest of a page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        options = _places(int(timezone.now().timestamp() // 3600), get_language() or "")
        chosen = escape(value or "")
        if chosen and f'value="{chosen}"' not in options:
            options = f'<option value="{chosen}">{chosen}</option>{options}'
        options = options.replace(f'value="{chosen}"', f'value="{chosen}" selected', 1)
        own = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return mark_safe(f"<select{own}>{options}</select>")  # noqa: S308  escaped above


class ZoneField(forms.CharField):
    """A time zone by its IANA name, an alias too; shown are places."""

    widget = ZoneSelect

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        if name and timerange.known_zone(name) is None:
            raise ValidationError(gettext("There is no such time zone. Choose one of the list."))
        return name


@functools.lru_cache(maxsize=8)
def _places(hour: int, _language: str) -> str:
    """The options in the reader's language, as clocks stand in that hour since 1970."""
    at = datetime.fromtimestamp(hour * 3600, UTC)
    groups = groupby(timerange.places(), key=lambda name: name.partition("/")[0])
    return "".join(_group(region, names, at) for region, names in groups)


def _group(region: str, names: Iterable[str], at: datetime) -> str:
    labels = sorted(((_label(name, at), name) for name in names), key=lambda each: folded(each[0]))
    options = "".join(
        format_html('<option value="{}">{}</option>', name, label) for label, name in labels
    )
    if region == "UTC":
        return options
    return format_html('<optgroup label="{}">{}</optgroup>', gettext(region), mark_safe(options))  # noqa: S308


def _called(zone: str) -> str:
    """What the reader's language calls the place of a zone; its own name where CLDR has none."""
    known = languages.locale().time_zones.get(zone, {}).get("city", "")
    return known or zone.partition("/")[2].replace("_", " ").replace("/", ", ")


def _label(name: str, at: datetime) -> str:
    """A place and its clock, as in Kathmandu, UTC+5:45."""
    place = _called(name)
    minutes = (at.astimezone(ZoneInfo(name)).utcoffset() or timedelta()) // timedelta(minutes=1)
    if not minutes:
        return f"{place}, UTC" if place else "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\u2212"
    return f"{place}, UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def of_column(
    column: models.Field[Any, Any], *, label: StrOrPromise, help_text: StrOrPromise
) -> forms.Field:
    """The field that is what its column is: its bounds, choices and emptiness."""
    if column.choices:
        return forms.ChoiceField(
            label=label, help_text=help_text, choices=column.choices, widget=forms.RadioSelect
        )
    if isinstance(column, models.BooleanField):
        return forms.BooleanField(label=label, help_text=help_text, required=False)
    if isinstance(column, columns.TEXTS):
        return forms.CharField(
            label=label,
            help_text=help_text,
            max_length=column.max_length,
            required=not column.blank,
            widget=forms.Textarea if isinstance(column, models.TextField) else forms.TextInput,
        )
    low, high = columns.bounds(column)
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=low, max_value=high, required=not column.null
    )

"""What the pages are drawn with: icons, form fields, statuses, people, prices, times.

Times are shown in the active time zone, which the request's middleware sets to the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from itertools import groupby
from uuid import uuid4

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    Form,
    RadioSelect,
    Select,
    Textarea,
    TextInput,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from openslot.appointments.models import Status
from openslot.kernel.wording import amounts, clocks, dates
from openslot.web.templatetags import drawn

register = template.Library()

# status → tone (assets/scss/components/_feedback.scss), icon
STATUSES = {
    Status.PENDING: ("pending", "hourglass"),
    Status.CONFIRMED: ("confirmed", "check-circle"),
    Status.COMPLETED: ("done", "check-lg"),
    Status.NO_SHOW: ("danger", "person-slash"),
    Status.DECLINED: ("ended", "slash-circle"),
    Status.CANCELLED: ("ended", "x-circle"),
    Status.EXPIRED: ("ended", "clock-history"),
}
NEAR = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}
LONG = 4  # fields of a form whose errors are listed above it
NOON, EVENING = 12, 17
EN_DASH = "\N{EN DASH}"


@register.simple_tag
def once() -> SafeString:
    """The key by which a form that is sent again is known (web/parts/pressing.py)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4())


@register.simple_tag
def icon(name: str, *, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite (assets/icons.json lists them); silent unless it has a label."""
    return drawn.icon(name, label, css, drawn.icons())


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, *, label: str = "", help_text: str = "", placeholder: bool = True
) -> dict[str, object]:
    """A form field whole: label, control, help, the error beside it, tied for a screen reader."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "choices"
    else:
        kind = "control"
    helps = help_text or bound.help_text
    attributes = _attributes(bound, kind=kind, helps=bool(helps))
    if not placeholder:
        attributes["placeholder"] = False
    return {
        "field": bound,
        "kind": kind,
        "label": label or called(bound),
        "help_text": helps,
        # a list always has something chosen; what is needed now and then says so itself
        "optional": not (
            bound.field.required
            or bound.field.initial
            or isinstance(widget, Select)
            or bound.name in getattr(bound.form, "now_and_then", ())
        ),
        "control": bound.as_widget(attrs=attributes),
    }


@register.simple_tag
def wrong_fields(form: Form | None) -> list[dict[str, str]]:
    """Of a form that is longer than a glance, the fields with an error and where they are."""
    if not form or not form.errors or len(form.visible_fields()) < LONG:
        return []
    return [
        {"label": called(bound), "target": _target(bound)}
        for bound in form.visible_fields()
        if bound.errors
    ]


def called(bound: BoundField) -> str:
    """What a field is called: what its form says, else its name in words."""
    return gettext(str(bound.label)) if bound.field.label is None else str(bound.label)


def _target(bound: BoundField) -> str:
    several = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    return f"{bound.auto_id}_field" if several else bound.id_for_label


def _comes_first(bound: BoundField) -> bool:
    """Whether somebody goes on here once the form comes back with errors."""
    wrong = (each for each in bound.form.visible_fields() if each.errors)
    return bound.name == getattr(next(wrong, None), "name", "")


def _attributes(bound: BoundField, *, kind: str, helps: bool) -> dict[str, str | bool]:
    """The widget's own attributes, with our classes and what describes it."""
    attributes: dict[str, str | bool] = {}
    own = bound.field.widget.attrs
    if kind == "control":
        shape = "form-select" if isinstance(bound.field.widget, Select) else "form-control"
        invalid = "is-invalid" if bound.errors else ""
        attributes["class"] = " ".join(filter(None, [own.get("class", ""), shape, invalid]))
    if isinstance(bound.field.widget, TextInput | Textarea) and not own.get("type"):
        attributes["dir"] = "auto"
    described = [f"{bound.auto_id}_error"] if bound.errors else []
    if helps:
        described.append(f"{bound.auto_id}_help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
        attributes["autofocus"] = kind == "control" and _comes_first(bound)
    return attributes


@register.simple_tag(takes_context=True)
def nav_link(
    context: template.Context,
    url_name: str,
    text: str,
    *,
    icon: str,
    also: str = "",
    count: int | None = None,
    css: str = "sidebar-link",
) -> SafeString:
    """A link of the navigation, marked when the page is its own or one of those named in `also`."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.url_name in {url_name, *also.split()}
    return drawn.drawn(
        "components/nav_link.html",
        href=reverse(url_name),
        text=text,
        icon=icon,
        count=count,
        css=css,
        here=here,
    )


@register.simple_tag
def status(value: str) -> SafeString:
    (tone, name), word = STATUSES[Status(value)], str(Status(value).label)
    return drawn.drawn("components/status.html", tone=tone, icon=name, word=word)


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name, "?" for none."""
    words = str(name).split()
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


@register.filter
def hue(name: str) -> int:
    """Which of six grounds an avatar without a photo has: the same name, the same ground."""
    return sum(str(name).encode()) % 6


@register.filter
def money(price: Money | None) -> str:
    """An amount as people write it: "€50.00", "Free" for nothing to pay, "" for no price."""
    if price is None:
        return ""
    if not price.amount:
        return gettext("Free")
    return amounts.money(price)


register.simple_tag(clocks.counted, name="hours_counted")
register.filter("number", amounts.number)
register.filter("clock", dates.clock)
register.filter("seconds", dates.seconds)


@register.filter
def worded(kept: str) -> str:
    """What is kept as it was said first, in the reader's language."""
    return gettext(kept)


@register.filter
def short_day(at: datetime) -> str:
    """A day in three words: "Tue 1 Dec"."""
    return dates.short(timezone.localtime(at))


@register.simple_tag
def day(at: datetime) -> SafeString:
    """A day as people say it, exact on hover: "Today", "Tomorrow", "Tuesday 1 December"."""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.date().isoformat(),
        dates.long_with_year(local),
        _day_words(local, now=timezone.localtime()),
    )


def _day_words(local: datetime, *, now: datetime) -> str:
    away = (local.date() - now.date()).days
    if away in NEAR:
        return str(NEAR[away])
    return dates.long(local) if local.year == now.year else dates.long_with_year(local)


@register.simple_tag
def days(first: datetime, last: datetime) -> SafeString:
    """From which day to which: "Mon 7 Apr" to "Mon 23 Jun"; with the year where it is not this."""
    one, other = timezone.localtime(first), timezone.localtime(last)
    this = timezone.localtime().year
    return format_html(
        '<time class="text-nowrap" datetime="{}">{}</time> {} '
        '<time class="text-nowrap" datetime="{}">{}</time>',
        one.date().isoformat(),
        _short(one, known={this, other.year}),
        EN_DASH,
        other.date().isoformat(),
        _short(other, known={this}),
    )


def _short(on: datetime, *, known: set[int]) -> str:
    return dates.short(on) if on.year in known else dates.short_with_year(on)


@register.simple_tag
def moment(at: datetime, *, inside: bool = False) -> SafeString:
    """A day and a time as people say them, exact on hover: "Tomorrow, 09:30".

    `inside` a sentence they begin small.
    """
    local = timezone.localtime(at)
    day_words = _day_words(local, now=timezone.localtime())
    if inside and day_words in map(str, NEAR.values()):
        day_words = day_words.lower()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        f"{dates.timed(dates.long_with_year(local), local)} {local:%Z}",
        dates.timed(day_words, local),
    )


@register.simple_tag
def span(starts: datetime, ends: datetime) -> SafeString:
    """From when to when on the clock: "09:30" to "10:00"; a later day is named."""
    local = timezone.localtime(ends)
    later = local.date() > timezone.localtime(starts).date()
    return format_html(
        '<span class="time-span"><time datetime="{}">{}</time>{}'
        '<time datetime="{}">{}</time></span>',
        timezone.localtime(starts).isoformat(),
        dates.clock(starts),
        EN_DASH,
        local.isoformat(),
        dates.moment(ends) if later and local.time() > time.min else dates.clock(ends),
    )


@register.simple_tag
def length(starts: datetime, ends: datetime) -> str:
    """How long in words: "45 min", "2 h", "1 h 30 min"."""
    return duration(ends - starts)


@register.filter
def duration(value: timedelta | int) -> str:
    """A duration, or a number of minutes, in words: "45 min", "2 h", "1 h 30 min"."""
    minutes = value if isinstance(value, int) else int(value.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    parts = [gettext("{count} h").format(count=hours)] if hours else []
    if rest or not hours:
        parts.append(gettext("{count} min").format(count=rest))
    return " ".join(parts)


@register.simple_tag
def size(starts: datetime, ends: datetime) -> int:
    """How tall an entry of the day is drawn: half hours, at least one, at most eight."""
    return max(1, min(8, round((ends - starts) / timedelta(minutes=30))))


@register.filter
def parts_of_day(
    slots: Iterable[Mapping[str, datetime]],
) -> list[tuple[str, list[Mapping[str, datetime]]]]:
    """Free times in order, parted into morning, afternoon and evening; empty parts are left out."""
    return [(part, list(group)) for part, group in groupby(slots, key=_part_of_day)]


def _part_of_day(slot: Mapping[str, datetime]) -> str:
    hour = timezone.localtime(slot["at"]).hour
    if hour < NOON:
        return gettext("Morning")
    return gettext("Afternoon") if hour < EVENING else gettext("Evening")

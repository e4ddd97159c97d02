"""What each button of the editor makes of the week, and how a week is written in a form.

Each posts the one thing it does: `remove=<span>`, `change=<span>`, `add=<day>`, `copy=<day>`,
`usual=<name>` or `undo=<week>`. The week that comes of it replaces the whole one at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from openslot.availability.hours import WeekSpan
from openslot.kernel.errors import Invalid
from openslot.web.parts.fields import ClockField

WEEKDAYS: tuple[Promise, ...] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
ACTS = ("add", "copy", "change", "remove", "usual", "undo")
DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Usual:
    """A week that many keep, to start from."""

    key: str
    name: Promise
    days: tuple[int, ...]
    spans: tuple[tuple[time, time], ...]

    def week(self) -> list[WeekSpan]:
        return [WeekSpan(day, *span) for day in self.days for span in self.spans]


WORKDAYS = (1, 2, 3, 4, 5)
USUAL = (
    Usual("office", gettext_lazy("Mon–Fri 9–17"), WORKDAYS, ((time(9), time(17)),)),
    Usual(
        "lunch",
        gettext_lazy("Mon–Fri 9–12, 13–17"),
        WORKDAYS,
        ((time(9), time(12)), (time(13), time(17))),
    ),
    Usual("early", gettext_lazy("Mon–Fri 8–16"), WORKDAYS, ((time(8), time(16)),)),
    Usual("shop", gettext_lazy("Mon–Sat 10–18"), (*WORKDAYS, 6), ((time(10), time(18)),)),
)


class SpanForm(forms.Form):
    """Hours of a day; the names of its fields end in the day's number, or the span's key."""

    opens = ClockField(error_messages={"required": gettext_lazy("Say when you open.")})
    closes = ClockField(error_messages={"required": gettext_lazy("Say when you close.")})

    def span(self, weekday: int) -> WeekSpan:
        return WeekSpan(weekday, self.cleaned_data["opens"], self.cleaned_data["closes"])


class CopyForm(forms.Form):
    """The days that get another's hours."""

    to = forms.TypedMultipleChoiceField(
        choices=list(enumerate(WEEKDAYS, start=1)),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose the days to copy to.")},
    )


def changed(post: QueryDict, week: list[WeekSpan]) -> list[WeekSpan]:
    """The week after the button that was pressed, of the one that stands now.

    Raises `Invalid` beside `spans`; also for a button that replaces what was not seen.
    """
    if ("copy" in post or "usual" in post) and post.get("seen", written(week)) != written(week):
        raise Invalid(
            spans=gettext("Your hours were changed meanwhile. Here they are: press again.")
        )
    if "remove" in post:
        return [span for span in week if key_of(span) != post["remove"]]
    if "change" in post:
        return _changed(post, week, post.get("change", ""))
    if "copy" in post:
        return _copied(post, week, _weekday(post["copy"]))
    if "usual" in post:
        return _usual(post.get("usual", "")).week()
    if "undo" in post:
        return _undone(post, week)
    day = _weekday(post.get("add"))
    return [*week, _typed(post, str(day), day)]


def told(post: QueryDict) -> str:
    """What is said once the button has done its work."""
    if "copy" in post:
        return gettext("Copied. Your hours are saved.")
    if "undo" in post:
        return gettext("Your hours are as they were.")
    return gettext("Your hours are saved.")


def key_of(span: WeekSpan) -> str:
    return f"{span.weekday}-{span.start:%H:%M}"


def day_of(post: QueryDict) -> str:
    """The row that a button stood in, or ""."""
    pressed = (post.get(act, "") for act in ("add", "copy", "change", "remove"))
    return next(filter(None, pressed), "").partition("-")[0]


def written(week: Iterable[WeekSpan]) -> str:
    """A week in one line, for a hidden field: 1-0900-1700.5-2200-0200."""
    return ".".join(f"{day}-{start:%H%M}-{end:%H%M}" for day, start, end in sorted(week))


def read(line: str) -> list[WeekSpan]:
    """The week that a line says. Raises `Invalid` beside `spans`."""
    try:
        return [_span(*part.split("-")) for part in line.split(".") if part]
    except (TypeError, ValueError) as error:
        raise Invalid(spans=gettext("These are no hours of a week.")) from error


def drawn(week: Iterable[WeekSpan]) -> dict[int, list[tuple[int, int]]]:
    """For each day, where its hours stand in it: minutes after midnight, and how many."""
    bars: dict[int, list[tuple[int, int]]] = {day: [] for day in range(1, 8)}
    for span in week:
        start, end = (clock.hour * 60 + clock.minute for clock in (span.start, span.end))
        end = end if start < end else end + DAY
        bars[span.weekday].append((start, min(end, DAY) - start))
        if end > DAY:
            bars[span.weekday % 7 + 1].append((0, end - DAY))
    return bars


def _changed(post: QueryDict, week: list[WeekSpan], key: str) -> list[WeekSpan]:
    kept = [span for span in week if key_of(span) != key]
    if len(kept) == len(week):
        raise Invalid(spans=gettext("These hours are no longer there."))
    return [*kept, _typed(post, key, int(key[0]))]


def _copied(post: QueryDict, week: list[WeekSpan], day: int) -> list[WeekSpan]:
    others = _valid(CopyForm({"to": post.getlist(f"copy_{day}")}))["to"]
    mine = [span for span in week if span.weekday == day]
    kept = [span for span in week if span.weekday == day or span.weekday not in others]
    return kept + [
        span._replace(weekday=other) for other in others if other != day for span in mine
    ]


def _undone(post: QueryDict, week: list[WeekSpan]) -> list[WeekSpan]:
    """The week before; only while nothing has been changed since."""
    if post.get("seen") != written(week):
        raise Invalid(spans=gettext("Your hours have changed since. Look at them again."))
    return read(post.get("undo", ""))


def _usual(key: str) -> Usual:
    found = next((usual for usual in USUAL if usual.key == key), None)
    if found is None:
        raise Invalid(spans=gettext("That is none of the usual weeks."))
    return found


def _typed(post: QueryDict, suffix: str, day: int) -> WeekSpan:
    form = SpanForm({name: post.get(f"{name}_{suffix}", "") for name in ("opens", "closes")})
    _valid(form)
    return form.span(day)


def _span(day: str, start: str, end: str) -> WeekSpan:
    return WeekSpan(int(day), time.fromisoformat(start), time.fromisoformat(end))


def _weekday(value: object) -> int:
    days = {str(day): day for day in range(1, 8)}
    if value not in days:
        raise Invalid(spans=gettext("That is not a day of the week."))
    return days[str(value)]


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        wrong = [str(message) for messages in form.errors.values() for message in messages]
        raise Invalid(spans=wrong)
    return form.cleaned_data

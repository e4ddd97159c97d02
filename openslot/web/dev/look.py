"""The styleguide: every component in both themes, with sample data. Development only."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from moneyed import Money

FREE_TIMES = ((9, 0), (9, 30), (10, 0), (11, 30), (14, 0), (14, 30), (16, 0), (17, 30))
CHOSEN_TIME = (9, 30)
FRIDAY = 4
MONDAY = date(2026, 11, 30)
TODAY, CHOSEN, MONTH = date(2026, 12, 2), date(2026, 12, 8), date(2026, 12, 1)
PRICE = Money(50, "EUR")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STATUSES = ("pending", "confirmed", "completed", "no_show", "declined", "cancelled", "expired")


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As customers see it.")
    email = forms.EmailField(label="E-mail")
    zone = forms.ChoiceField(choices=[("b", "Europe/Berlin"), ("l", "Europe/London")])
    about = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    confirm = forms.ChoiceField(
        label="A request is",
        widget=forms.RadioSelect,
        choices=[("ask", "answered by me"), ("now", "confirmed at once")],
        initial="ask",
    )
    mails = forms.BooleanField(label="Send me a mail for each", required=False, initial=True)

    def clean(self) -> None:
        raise forms.ValidationError("One thing is not right yet.")


def look(request: HttpRequest) -> HttpResponse:
    return render(request, "dev/look.html", samples())


def samples() -> dict[str, object]:
    """Everything the page shows; always the same."""
    slots = [
        {"at": _at(1, hour, minute), "href": "#", "chosen": (hour, minute) == CHOSEN_TIME}
        for hour, minute in FREE_TIMES
    ]
    return {
        "themes": ("light", "dark"),
        "appointments": _appointments(),
        "slots": slots,
        "next_slots": [{"at": _at(day, 9 + day, 30), "href": "#"} for day in (1, 2, 4)],
        "ends": _at(1, 10, 0),
        "price": PRICE,
        "month": MONTH,
        "weeks": _weeks(),
        "entries": _entries(),
        "days": _days(),
        "form": SampleForm({"name": "Ada Winter", "email": "ada@", "zone": "b", "confirm": "ask"}),
        "statuses": STATUSES,
    }


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=day), time(hour, minute), UTC)


def _appointments() -> list[dict[str, object]]:
    accept = {"label": "Accept", "href": "#", "kind": "primary"}
    propose = {"label": "Propose another time", "href": "#"}
    decline = {"label": "Decline", "href": "#", "kind": "danger"}
    move = {"label": "Move", "href": "#"}
    cancel = {"label": "Cancel", "href": "#", "kind": "danger"}
    rows: list[tuple[datetime, str, str, str, list[dict[str, str]]]] = [
        (_at(1, 9, 30), "First consultation", "Bob Meyer", "pending", [accept, propose, decline]),
        (_at(1, 11), "Follow-up", "Cleo Park", "confirmed", [move, cancel]),
        (_at(2, 14), "Massage", "Dan Okafor", "cancelled", []),
    ]
    return [
        {
            "starts": starts,
            "ends": starts + timedelta(minutes=30),
            "title": title,
            "name": name,
            "price": PRICE,
            "status": status,
            "href": "#",
            "actions": actions,
        }
        for starts, title, name, status, actions in rows
    ]


def _weeks() -> list[list[dict[str, object]]]:
    days = [MONDAY + timedelta(days=n) for n in range(35)]
    cells: list[dict[str, object]] = [
        {
            "date": day,
            "href": "#",
            "free": 0 if day.weekday() > FRIDAY or day.day % 6 == 0 else 4 + day.day % 5,
            "chosen": day == CHOSEN,
            "today": day == TODAY,
            "outside": day.month != MONTH.month,
        }
        for day in days
    ]
    return [cells[n : n + 7] for n in range(0, 35, 7)]


def _entries() -> list[dict[str, object]]:
    def booked(starts: datetime, minutes: int, name: str, status: str) -> dict[str, object]:
        ends = starts + timedelta(minutes=minutes)
        shared = {"kind": "appointment", "title": "Follow-up", "href": "#"}
        return shared | {"starts": starts, "ends": ends, "name": name, "status": status}

    return [
        booked(_at(1, 9), 30, "Bob Meyer", "completed"),
        booked(_at(1, 9, 30), 60, "Cleo Park", "confirmed"),
        {"kind": "now", "starts": _at(1, 10, 12)},
        {"kind": "gap", "starts": _at(1, 10, 30), "ends": _at(1, 11, 15), "href": "#"},
        booked(_at(1, 11, 15), 45, "Dan Okafor", "pending"),
        {"kind": "off", "starts": _at(1, 12), "ends": _at(1, 13), "title": "Lunch"},
        booked(_at(1, 13), 90, "Eve Lindqvist", "confirmed"),
    ]


def _days() -> list[dict[str, object]]:
    open_hours = [
        {"opens": time(9), "closes": time(12)},
        {"opens": time(13), "closes": time(17, 30)},
    ]
    bars = [(9 * 60, 3 * 60), (13 * 60, 4 * 60 + 30)]
    shown = [0 if key > FRIDAY else 1 if key == FRIDAY else 2 for key in range(7)]
    return [
        {
            "key": key,
            "name": name,
            "opens": "09:00",
            "closes": "17:00",
            "spans": [
                span | {"key": f"{key}-{number}", "typed_opens": "09:00", "typed_closes": "12:00"}
                for number, span in enumerate(open_hours[: shown[key]])
            ],
            "bars": bars[: shown[key]],
            "others": [{"key": k, "name": n} for k, n in enumerate(WEEKDAYS) if k != key],
        }
        for key, name in enumerate(WEEKDAYS)
    ]

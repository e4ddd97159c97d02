"""Who calls: providers, customers and guests, made over HTTP in an empty house."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.histories.doors import Line

PASSWORD = "correct horse battery"
OPENS, CLOSES = 8, 18  # hours of every day, in UTC
STEP = 1800.0
HOUR = 3600.0


@dataclass
class Service:
    id: str
    slug: str
    minutes: int
    before: float
    after: float


@dataclass
class Person:
    name: str
    kind: str  # provider, customer, guest
    line: Line
    user: str = ""
    provider: str = ""  # the id of their own practice
    services: list[Service] = field(default_factory=list)
    hold: dict[str, Any] = field(default_factory=dict)  # what they hold, to be booked next
    offs: list[str] = field(default_factory=list)
    spare: Line | None = None  # without a cookie: what anybody sees

    @property
    def email(self) -> str:
        return f"{self.name.replace(' ', '')}@example.org"


@dataclass
class House:
    """Everybody, and the links by which guests look after what they booked."""

    providers: list[Person]
    customers: list[Person]
    guests: list[Person]
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Person]:
        return [*self.providers, *self.customers, *self.guests]


def settle(base: str, *, providers: int = 3, customers: int = 4, guests: int = 3) -> House:
    """Sign everybody up, and give the providers hours and two services each."""
    house = House(
        [_person(base, "provider", n) for n in range(providers)],
        [_person(base, "customer", n) for n in range(customers)],
        [Person(f"guest {n}", "guest", Line(base), spare=Line(base)) for n in range(guests)],
    )
    for number, each in enumerate(house.providers):
        _open(each, number)
    return house


def _person(base: str, kind: str, number: int) -> Person:
    person = Person(f"{kind} {number}", kind, Line(base), spare=Line(base))
    known = {"email": person.email, "password": PASSWORD}
    names = {"first_name": person.name, "last_name": ""}
    made = person.line.insist("post", "/api/signup/", json=known | names | {"timezone": "UTC"})
    assert made.status_code == 201, made.text
    person.user = made.json()["id"]
    person.line.credentials = known
    person.line.sign_in()
    return person


def _open(person: Person, number: int) -> None:
    """The first confirms by itself, the second keeps time between, the third answers requests."""
    profile = {
        "name": person.name,
        "timezone": "UTC",
        "location": {"kind": "in_person", "text": ""},
    }
    made = _done(person, "post", "provider/", profile)
    person.provider = _practice(person)
    rules = {
        "minimum_notice_minutes": 0,
        "slot_step_minutes": 30,
        "booking_window_days": 365,
        "confirmation": "manual" if number % 3 == 2 else "automatic",
        "buffer_before_minutes": 5 if number % 3 else 0,
        "buffer_after_minutes": 10 if number % 3 else 0,
    }
    _done(person, "patch", "provider/", rules)
    week = [{"weekday": n, "start": f"{OPENS:02}:00", "end": f"{CLOSES}:00"} for n in range(1, 8)]
    _done(person, "put", "provider/working-hours/", week)
    before, after = (60.0 * rules[f"buffer_{side}_minutes"] for side in ("before", "after"))
    for minutes in (60, 30):
        sold = {"name": f"{minutes} minutes", "duration_minutes": minutes, "pricing": "fixed"}
        sold |= {"price": "10.00", "currency": "EUR"}
        service = _done(person, "post", "provider/services/", sold)
        person.services.append(Service(service["id"], made["slug"], minutes, before, after))


def _practice(person: Person) -> str:
    """Its id, which appointments and lists name."""
    shown = _done(person, "get", "provider/")
    if "id" in shown:
        return str(shown["id"])
    public = person.line.insist("get", f"/api/providers/{shown['slug']}/")
    return str(public.json()["id"])


def _done(person: Person, method: str, path: str, body: Any = None) -> Any:
    answer = person.line.api(method, path, body)()
    assert answer is not None, f"nobody answered: {path}"
    assert answer.status_code < 300, answer.text
    return answer.json()


def day_of(number: int) -> float:
    """Midnight of a day so many days ahead."""
    return time.time() // 86400 * 86400 + number * 86400

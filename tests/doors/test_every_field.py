"""Every text that a program may send: none is lost, none breaks what shows it, none is a 500."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.cache import caches
from django.utils.html import escape

from openslot.accounts.models import Provider, User
from openslot.appointments.booking.asking import Guest
from openslot.appointments.changing import rescheduling, time_off
from openslot.appointments.guests import links
from openslot.kernel.wording import texts
from openslot.notifications import kinds
from openslot.webhooks import subscribing
from openslot.webhooks.models import Webhook
from tests import town
from tests.api.calling import Caller
from tests.doors import houses
from tests.doors.awkward import in_turn

pytestmark = pytest.mark.django_db

DESCRIPTION = settings.BASE_DIR.parent / "docs" / "openapi.yaml"
ROUNDS = count()

# What is no free text: chosen from lists, made by machines, or secret.
OTHERWISE = {
    *("timezone", "language", "currency", "email", "password", "code", "refresh", "id_token"),
    "challenge",
    *("target", "recurrence", "phone", "contact_phone", "slug", "category", "price", "rate"),
}


def fields_of_the_api() -> Iterator[tuple[str, str, str]]:
    """Method, path and name of every free text that a body may have."""
    described = yaml.safe_load(DESCRIPTION.read_text())
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for name in texts_in(content["schema"], described["components"]["schemas"]):
                    yield method, path.removeprefix("/api/"), name


def texts_in(schema: dict[str, Any], named: dict[str, Any], at: str = "") -> Iterator[str]:
    for part in schema.get("allOf", schema.get("oneOf", [])):
        yield from texts_in(part, named, at)
    if "$ref" in schema:
        yield from texts_in(named[schema["$ref"].rpartition("/")[2]], named, at)
    for name, inner in schema.get("properties", {}).items():
        if name not in OTHERWISE:
            yield from texts_in(inner, named, f"{at}.{name}".lstrip("."))
    free = not {"format", "enum", "pattern"} & schema.keys()
    if schema.get("type") == "string" and free:
        yield at


class House:
    """Ada sells a massage to Bob, who comes; she knows him as a customer."""

    def __init__(self, ada: User, bob: User, massage: Any) -> None:
        ada.provider.confirmation = "automatic"
        ada.provider.booking_window_days = 1000
        ada.provider.save()
        self.ada, self.bob, self.massage = ada, bob, massage
        self.by_ada, self.by_bob, self.by_nobody = Caller(ada), Caller(bob), Caller()
        self.visit = self.booked()

    def when(self) -> Any:
        return town.at(8, day=2 + next(ROUNDS) % 700)

    def booked(self) -> Any:
        return town.booked(self.massage, self.bob, self.when())


Send = Callable[[House, str], tuple[Any, str, list[tuple[User, str]]]]
VISIT = "/appointments/{0.pk}/"


def profile(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        answer = house.by_bob.patch("me/", {name: text})
        return answer, name, []

    return send


def signed_up(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        sent = {"first_name": "Kim", "last_name": "New", "password": town.PASSWORD, name: text}
        sent["email"] = f"kim{next(ROUNDS)}@example.org"
        return house.by_nobody.post("signup/", sent), name, []

    return send


def offering_time(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        sent = {"name": "Mine", "timezone": "UTC"} | nested(name, text)
        user = town.person(f"P{next(ROUNDS)}")
        return Caller(user).post("provider/", sent), name, []

    return send


def practice(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        return house.by_ada.patch("provider/", nested(name, text)), name, []

    return send


def new_service(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        sent = {"name": "Talk", "duration_minutes": 30, "pricing": "fixed", "price": "20"}
        sent |= {"currency": "EUR"} | nested(name, text)
        return house.by_ada.post("provider/services/", sent), name, []

    return send


def service(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        path = f"provider/services/{house.massage.pk}/"
        return house.by_ada.patch(path, nested(name, text)), name, []

    return send


def new_notes(house: House, text: str) -> Any:
    sent = {"service": str(house.massage.pk), "start": house.when().isoformat(), "notes": text}
    return house.by_bob.post("appointments/", sent), "notes", []


def previewed_notes(house: House, text: str) -> Any:
    sent = {"service": str(house.massage.pk), "start": house.when().isoformat(), "notes": text}
    return house.by_bob.post("appointments/preview/", sent), "", []


def notes(house: House, text: str) -> Any:
    path = f"appointments/{house.visit.pk}/"
    return house.by_bob.patch(path, {"notes": text}), "notes", []


def place(house: House, text: str) -> Any:
    sent = {"location": {"kind": "video", "text": text}}
    shown = [(house.ada, VISIT.format(house.visit)), (house.bob, VISIT.format(house.visit))]
    return house.by_ada.patch(f"appointments/{house.visit.pk}/", sent), "location.text", shown


def guest(path: str, name: str) -> Send:
    def send(house: House, text: str) -> Any:
        who = {"first_name": "Gast", "last_name": "Haus", "email": "gast@example.org"}
        sent = {"service": str(house.massage.pk), "start": house.when().isoformat()}
        sent["customer"] = who | {name: text}
        answer = house.by_ada.post(path, sent)
        made = answer.json().get("id")
        shown = [(house.ada, f"/appointments/{made}/")] if made else []
        return answer, "customer.name" if made else "", shown

    return send


def reason(action: str) -> Send:
    def send(house: House, text: str) -> Any:
        if action == "decline":
            Provider.objects.update(confirmation="manual")
        visit = house.booked()
        answer = house.by_ada.post(f"appointments/{visit.pk}/{action}/", {"reason": text})
        return answer, "", [(house.bob, VISIT.format(visit))] if answer.status_code == 200 else []

    return send


def customer(house: House, text: str) -> Any:
    path = f"provider/customers/{house.visit.customer_id}/"
    return house.by_ada.patch(path, {"notes": text}), "notes", []


def visitor(path: str, name: str) -> Send:
    def send(house: House, text: str) -> Any:
        who = {"first_name": "Gast", "last_name": "Haus", "email": "gast@example.org"}
        sent = {"service": str(house.massage.pk), "start": house.when().isoformat()}
        sent["guest"] = who | {name: text}
        answer = house.by_nobody.post(path, sent)
        made = answer.json().get("id")
        return answer, "customer.name" if made else "", []

    return send


def by_link(action: str) -> Send:
    def send(house: House, text: str) -> Any:
        gast = {"customer": Guest("gast@example.org", "Gast", "Haus")}
        visit = town.booked(house.massage, house.ada, house.when(), **gast)
        if action == "decline":
            start = house.when()
            rescheduling.reschedule(visit.pk, by=house.ada, start=start, propose=True)
            visit.refresh_from_db()
        path = f"guest/appointments/{links.token(visit)}/{action}/"
        answer = house.by_nobody.post(path, {"reason": text})
        return answer, "", [(house.ada, VISIT.format(visit))] if answer.status_code == 200 else []

    return send


def corrected(name: str) -> Send:
    def send(house: House, text: str) -> Any:
        start = house.when()
        visit = town.booked(house.massage, house.ada, start, customer=Guest("", "Gast", "Haus"))
        path = f"provider/customers/{visit.customer_id}/"
        answer = house.by_ada.patch(path, {name: text})
        return answer, name, [(house.ada, VISIT.format(visit))]

    return send


def away(house: House, text: str) -> Any:
    start = house.when() + timedelta(hours=12)
    sent = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    sent["reason"] = text
    return house.by_ada.post("provider/time-off/", sent), "reason", []


def changed_away(house: House, text: str) -> Any:
    start = house.when() + timedelta(hours=12)
    taken, _ = time_off.take(
        house.ada.provider, by=house.ada, start=start, end=start + timedelta(hours=1)
    )
    path = f"provider/time-off/{taken.pk}/"
    return house.by_ada.patch(path, {"reason": text}), "reason", []


def hook(house: House, text: str) -> Any:
    Webhook.objects.all().delete()  # there may be twenty
    sent = {"url": "https://8.8.8.8/hook", "events": ["appointment.moved"], "description": text}
    return house.by_ada.post("provider/webhooks/", sent), "description", []


def changed_hook(house: House, text: str) -> Any:
    Webhook.objects.all().delete()
    made, _ = subscribing.add(
        house.ada.provider, url="https://8.8.8.8/hook", events=["appointment.moved"]
    )
    path = f"provider/webhooks/{made.pk}/"
    return house.by_ada.patch(path, {"description": text}), "description", []


def unbraced(text: str) -> str:
    """Braces in own words are placeholders; others are refused (tests/web/test_own_words.py)."""
    return texts.prose(text.replace("{", "(").replace("}", ")"))


def own_words(kind: str) -> Send:
    def send(house: House, text: str) -> Any:
        return house.by_ada.put("provider/words/", {kind: unbraced(text)}), kind, []

    return send


FIELDS: dict[tuple[str, str, str], tuple[Send, Callable[[str], str]]] = {
    ("post", "appointments/", "notes"): (new_notes, texts.prose),
    ("post", "appointments/", "customer.first_name"): (
        guest("appointments/", "first_name"),
        texts.line,
    ),
    ("post", "appointments/", "customer.last_name"): (
        guest("appointments/", "last_name"),
        texts.line,
    ),
    ("post", "appointments/preview/", "notes"): (previewed_notes, texts.prose),
    ("post", "appointments/preview/", "customer.first_name"): (
        guest("appointments/preview/", "first_name"),
        texts.line,
    ),
    ("post", "appointments/preview/", "customer.last_name"): (
        guest("appointments/preview/", "last_name"),
        texts.line,
    ),
    **{
        ("post", path, f"guest.{name}"): (visitor(path, name), texts.line)
        for path in ("appointments/", "appointments/preview/")
        for name in ("first_name", "last_name")
    },
    **{
        ("post", f"guest/appointments/{{token}}/{action}/", "reason"): (
            by_link(action),
            texts.prose,
        )
        for action in ("cancel", "decline")
    },
    ("patch", "appointments/{id}/", "notes"): (notes, texts.prose),
    ("patch", "appointments/{id}/", "location.text"): (place, texts.line),
    ("post", "appointments/{id}/cancel/", "reason"): (reason("cancel"), texts.prose),
    ("post", "appointments/{id}/decline/", "reason"): (reason("decline"), texts.prose),
    ("patch", "provider/customers/{customer_id}/", "notes"): (customer, texts.prose),
    **{
        ("patch", "provider/customers/{customer_id}/", name): (corrected(name), texts.line)
        for name in ("first_name", "last_name")
    },
    **{("put", "provider/words/", kind): (own_words(kind), unbraced) for kind in kinds.OWN},
    ("post", "provider/webhooks/", "description"): (hook, texts.line),
    ("patch", "provider/webhooks/{webhook_id}/", "description"): (changed_hook, texts.line),
    ("post", "provider/time-off/", "reason"): (away, texts.prose),
    ("patch", "provider/time-off/{id}/", "reason"): (changed_away, texts.prose),
    **{("patch", "me/", name): (profile(name), texts.line) for name in ("first_name", "last_name")},
    **{
        ("post", "signup/", name): (signed_up(name), texts.line)
        for name in ("first_name", "last_name")
    },
    **{
        (method, path, name): (send(name), kept)
        for method, path, send in (
            ("post", "provider/", offering_time),
            ("patch", "provider/", practice),
        )
        for name, kept in (
            ("name", texts.line),
            ("headline", texts.line),
            ("bio", texts.prose),
            ("location.text", texts.line),
        )
    },
    **{
        (method, path, name): (send(name), kept)
        for method, path, send in (
            ("post", "provider/services/", new_service),
            ("patch", "provider/services/{service_id}/", service),
        )
        for name, kept in (
            ("name", texts.line),
            ("description", texts.prose),
            ("instructions", texts.prose),
            ("location.text", texts.line),
        )
    },
}


def nested(name: str, text: str) -> dict[str, Any]:
    """`location.text` in its object."""
    whole, _, part = name.partition(".")
    return {whole: {"kind": "in_person", part: text}} if part else {name: text}


def said(body: Any, name: str) -> Any:
    for part in name.split("."):
        body = body[part]
    return body


def test_every_text_of_the_description_stands_in_the_table():
    there = set(fields_of_the_api())
    assert there - FIELDS.keys() == set(), "say how it is sent, or why it is no free text"
    assert FIELDS.keys() - there == set(), "these are gone"


@pytest.mark.parametrize("field", FIELDS, ids=" ".join)
def test_it_comes_out_as_it_went_in(field, ada, bob, massage, settings):
    settings.RATE_LIMITS = "off"
    (send, kept), house, wrong = FIELDS[field], House(ada, bob, massage), []
    browsers = {user.pk: houses.browser(user) for user in (ada, bob)}
    for text in in_turn([*FIELDS].index(field)):
        caches["default"].clear()  # whose limits would end it
        answer, name, pages = send(house, text)
        if answer.status_code not in {200, 201}:
            wrong.append((text, answer.status_code, answer.content))
            continue
        if name and (shown := said(answer.json(), name)).strip() not in beside(kept(text)):
            wrong.append((text, name, shown))
        for user, page in pages:
            client = browsers.get(user.pk) or houses.browser(user)
            drawn = client.get(page)
            parts = {escape(kept(text)), escape(texts.newlines(kept(text)))}
            lines = {escape(each) for each in texts.newlines(kept(text)).split("\n")}
            content = texts.newlines(drawn.content.decode())
            if drawn.status_code != 200 or not (
                any(part in content for part in parts) or all(line in content for line in lines)
            ):
                wrong.append((text, page, drawn.status_code))
    assert wrong == []


def beside(text: str) -> set[str]:
    """As it went in, or before or after the rest of a name."""
    return {text.strip(), f"{text} Haus".strip(), f"Gast {text}".strip()}

"""Who gets what at every address of the API: a table that no route can stay out of."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import transaction
from rest_framework_simplejwt.tokens import RefreshToken

from openslot.api import urls
from openslot.appointments.models import Way
from tests import town
from tests.doors import houses

pytestmark = pytest.mark.django_db

START = town.at(10, day=2).isoformat()
ALL = "200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200"
PROVIDERS = "401 403 403 200 200"
UNCONNECTED = "401 404 404 404 404"
OWNER = "401 403 403 200 404"  # who is no provider has no desk; another provider's desk is empty
SIDES = "401 200 404 200 404"
PROVIDER_OF_IT = "401 403 404 200 404"

NEW = {
    "email": "new@example.org",
    "password": town.PASSWORD,
    "first_name": "New",
    "last_name": "Comer",
}
SIGN_IN = {"email": "bob@example.org", "password": town.PASSWORD}
SOLD = {
    "name": "Talk",
    "duration_minutes": 30,
    "pricing": "fixed",
    "price": "20.00",
    "currency": "EUR",
}
HOOK = {"url": "https://8.8.8.8/hook", "events": ["appointment.moved"]}
AWAY = {"start": town.at(8, day=20).isoformat(), "end": town.at(9, day=20).isoformat()}

# route → method → (anonymous, Bob, Carol, Ada, Dan), and what is sent.
TABLE = {
    "schema/": {"get": (ALL, None)},
    "docs/": {"get": (ALL, None)},
    "signup/": {"post": ("201 201 201 201 201", NEW)},
    "token/": {"post": (ALL, SIGN_IN)},
    "token/refresh/": {"post": (ALL, "refresh")},
    "token/revoke/": {"post": (ALL, "refresh")},
    "token/google/": {"post": ("404 404 404 404 404", {"id_token": "x"})},
    "me/": {
        "get": (SIGNED_IN, None),
        "patch": (SIGNED_IN, {"first_name": "Else"}),
        "delete": ("401 204 204 204 204", {"password": town.PASSWORD}),
    },
    "me/photo/": {"put": (SIGNED_IN, "photo"), "delete": ("401 204 204 204 204", None)},
    "me/export/": {"get": (SIGNED_IN, None)},
    "categories/": {"get": (ALL, None)},
    "providers/": {"get": (ALL, None)},
    "providers/<slug:slug>/": {"get": (ALL, None)},
    "providers/<slug:slug>/availability/": {
        "get": (ALL, {"service": "service", "start": "2030-04-01", "end": "2030-04-02"})
    },
    "availability/earliest/": {"get": (ALL, {"category": "category"})},
    "provider/": {
        "get": (PROVIDERS, None),
        "post": ("401 201 201 403 403", {"name": "Mine", "timezone": "Europe/Berlin"}),
        "patch": (PROVIDERS, {"headline": "Hands that help"}),
    },
    "provider/photo/": {"put": (PROVIDERS, "photo"), "delete": ("401 403 403 204 204", None)},
    "provider/services/": {"get": (PROVIDERS, None), "post": ("401 403 403 201 201", SOLD)},
    "provider/services/<uuid:service_id>/": {
        "get": (OWNER, None),
        "patch": (OWNER, {"name": "Long massage"}),
        "delete": ("401 403 403 204 404", None),
    },
    "provider/words/": {"get": (PROVIDERS, None), "put": (PROVIDERS, {"reminder": "Bring tea."})},
    "provider/analytics/": {"get": (PROVIDERS, {"from": "2030-04-01", "to": "2030-04-07"})},
    "provider/why/": {"get": (OWNER, {"service": "service", "start": START})},
    "provider/customers/": {"get": (PROVIDERS, None)},
    "provider/customers/<uuid:customer_id>/": {
        "get": (OWNER, None),
        "patch": (OWNER, {"notes": "Likes tea"}),
    },
    "provider/customers/<uuid:customer_id>/merge/": {
        "post": ("401 403 403 400 404", {"into": town.NOBODY})  # whom Ada does not know
    },
    "provider/webhooks/": {"get": (PROVIDERS, None), "post": ("401 403 403 201 201", HOOK)},
    "provider/webhooks/<uuid:webhook_id>/": {
        "get": (OWNER, None),
        "patch": (OWNER, {"description": "The till"}),
        "delete": ("401 403 403 204 404", None),
    },
    "provider/webhooks/<uuid:webhook_id>/rotate/": {"post": (OWNER, None)},
    "provider/webhooks/<uuid:webhook_id>/test/": {"post": ("401 403 403 202 404", None)},
    "provider/webhooks/<uuid:webhook_id>/deliveries/": {"get": (OWNER, None)},
    "provider/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/retry/": {
        "post": ("401 403 403 202 404", None)
    },
    "provider/working-hours/": {"get": (PROVIDERS, None), "put": (PROVIDERS, [])},
    "provider/special-hours/": {
        "get": (PROVIDERS, None),
        "post": ("401 403 403 201 201", {"date": "2030-04-09", "spans": []}),
    },
    "provider/special-hours/<uuid:id>/": {
        "get": (OWNER, None),
        "patch": (OWNER, {"spans": []}),
        "delete": ("401 403 403 204 404", None),
    },
    "provider/time-off/": {"get": (PROVIDERS, None), "post": ("401 403 403 201 201", AWAY)},
    "provider/time-off/<uuid:id>/": {
        "get": (OWNER, None),
        "patch": (OWNER, {"reason": "Away"}),
        "delete": ("401 403 403 204 404", None),
    },
    "appointments/": {
        "get": (SIGNED_IN, None),
        "post": ("401 201 201 400 201", {"service": "service", "start": START}),
    },
    "appointments/preview/": {
        "post": ("401 200 200 400 200", {"service": "service", "start": START})
    },
    "holds/": {"post": ("201 201 201 201 201", {"service": "service", "start": START})},
    "holds/<str:id>/": {"delete": ("404 404 404 404 404", None)},  # whose: tests/api/test_holds.py
    "challenge/": {"get": (ALL, None)},
    "guest/code/": {"post": ("202 202 202 202 202", {"email": "gil@example.org"})},
    "guest/appointments/<str:token>/": {"get": (ALL, None)},
    "guest/appointments/<str:token>/calendar.ics": {"get": (ALL, None)},
    "guest/appointments/<str:token>/accept/": {"post": ("403 403 403 403 403", None)},
    "guest/appointments/<str:token>/decline/": {"post": ("403 403 403 403 403", None)},
    "guest/appointments/<str:token>/withdraw/": {"post": ("409 409 409 409 409", None)},
    "guest/appointments/<str:token>/cancel/": {"post": (ALL, {"reason": "Ill"})},
    "guest/appointments/<str:token>/reschedule/": {"post": (ALL, {"start": START})},
    "appointments/<uuid:id>.ics": {"get": (SIDES, None)},
    "appointments/<uuid:id>/": {"get": (SIDES, None), "patch": (SIDES, {"notes": "Hello"})},
    "appointments/<uuid:id>/history/": {"get": (SIDES, None)},
    "appointments/<uuid:id>/accept/": {"post": (PROVIDER_OF_IT, None)},
    "appointments/<uuid:id>/decline/": {"post": (PROVIDER_OF_IT, {"reason": "Away"})},
    "appointments/<uuid:id>/withdraw/": {"post": ("401 409 404 409 404", None)},
    "appointments/<uuid:id>/cancel/": {"post": (SIDES, {"reason": "Ill"})},
    "appointments/<uuid:id>/reschedule/": {"post": (SIDES, {"start": START})},
    "appointments/<uuid:id>/complete/": {"post": ("401 403 404 409 404", None)},
    "appointments/<uuid:id>/no-show/": {"post": ("401 403 404 409 404", None)},
    "series/<uuid:id>/": {"get": (SIDES, None)},
    "series/<uuid:id>/extend/": {"post": (SIDES, {"count": 1})},
    "series/<uuid:id>/extend/preview/": {"post": (SIDES, {"count": 1})},
    "notifications/": {"get": (SIGNED_IN, None)},
    "notifications/read-all/": {"post": ("401 204 204 204 204", None)},
    "notifications/<uuid:id>/read/": {"post": ("401 404 404 204 404", None)},  # it is Ada's
    "notification-preferences/": {"get": (SIGNED_IN, None), "put": (SIGNED_IN, {})},
    "calendar/": {
        "get": (SIGNED_IN, None),
        "patch": (UNCONNECTED, {"blocking": []}),
        "delete": (UNCONNECTED, None),
    },
    "calendar/connect/": {"post": (UNCONNECTED, None)},  # Google is not set up here
    "calendar/sync/": {"post": (UNCONNECTED, None)},
    "me/feed/": {"get": (SIGNED_IN, None), "post": (SIGNED_IN, None)},
}
ROWS = [(method, route) for route, methods in TABLE.items() for method in methods]
WITH_ID = [(method, route) for method, route in ROWS if "<uuid:" in route]


def methods_of(pattern):
    """What the view takes, by the handlers that its class has."""
    return {method for method in houses.METHODS if hasattr(pattern.callback.cls, method)}


def test_every_route_and_method_stands_in_the_table():
    there = {
        (method, route)
        for route, pattern in houses.routes(urls.urlpatterns).items()
        for method in methods_of(pattern)
    }
    assert there - set(ROWS) == set(), "say in TABLE who may do this"
    assert set(ROWS) - there == set(), "these are gone: take them out of TABLE"


def asked(house, user, method, route, given):
    """The answer; what it changed is taken back."""
    sent, kind = body(house, method, route, user)
    with transaction.atomic():
        call = getattr(houses.machine(user), method)
        answer = call("/api/" + houses.filled(route, given), sent, **kind)
        way = Way.LINK if route.startswith("guest/") else Way.API
        assert houses.ways(house) <= {way}, "this write does not say by what way it came"
        transaction.set_rollback(True)
    return answer


def body(house, method, route, user):
    """What is sent, and how: of a GET it is the query."""
    sent = TABLE[route][method][1]
    if sent == "photo":
        return {"photo": houses.photo()}, {"format": "multipart"}
    if sent == "refresh":
        return {"refresh": str(RefreshToken.for_user(user or house["people"]["bob"]))}, {
            "format": "json"
        }
    if isinstance(sent, dict):
        known = {"service": str(house["service"].pk), "category": house["category"]}
        sent = {
            name: known.get(value, value) if isinstance(value, str) else value
            for name, value in sent.items()
        }
    as_query = sent is None or method == "get"
    return sent, {} if as_query else {"format": "json"}


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_everybody_gets_what_the_table_says(method, route, house):
    given = houses.parameters(route, house)
    expected = TABLE[route][method][0]
    got = [
        asked(house, house["people"][who], method, route, given).status_code for who in houses.WHO
    ]
    assert " ".join(map(str, got)) == expected


@pytest.mark.parametrize(("method", "route"), WITH_ID)
def test_strangers_do_not_learn_whether_it_exists(method, route, house):
    given = houses.parameters(route, house)
    for who in ("anonymous", "carol", "dan"):
        real = asked(house, house["people"][who], method, route, given)
        none = asked(house, house["people"][who], method, route, houses.nobody_s(given))
        assert real.status_code in (401, 403, 404)
        assert (real.status_code, real.content) == (none.status_code, none.content)
        assert dict(real.headers) == dict(none.headers)


@pytest.mark.parametrize("route", list(TABLE))
def test_other_methods_are_refused_in_the_same_shape(route, house):
    given = houses.parameters(route, house)
    for method in set(houses.METHODS) - set(TABLE[route]):
        call = getattr(houses.machine(house["people"]["ada"]), method)
        answer = call("/api/" + houses.filled(route, given), {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "route"), ROWS)
def test_a_parameter_that_is_not_known_is_named_before_anything_is_done(method, route, house):
    if route in ("schema/", "docs/"):
        pytest.skip("their parameters are those of the tool that shows them")
    path = "/api/" + houses.filled(route, houses.parameters(route, house))
    sent, kind = body(house, method, route, house["people"]["ada"])
    if method == "get":
        path, sent = f"{path}?{urlencode({**(sent or {}), 'wings': 2})}", None
    else:
        path = f"{path}?wings=2"
    answer = getattr(houses.machine(house["people"]["ada"]), method)(path, sent, **kind)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"].keys() == {"wings"}
    assert houses.ways(house) == set()

"""Every operation of the description, called with what it says may be sent, and with what not.

No answer may be a 500, of a status or of a shape that the description does not name.
"""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from rest_framework_simplejwt.tokens import AccessToken
from schemathesis import checks as known
from schemathesis.config import SchemathesisConfig

from openslot.appointments.booking.asking import Guest
from openslot.appointments.guests import links
from openslot.webhooks import subscribing
from openslot.wsgi import application
from tests import town
from tests.town import at

CHECKS = [
    known.not_a_server_error,
    known.status_code_conformance,
    known.content_type_conformance,
    known.response_schema_conformance,
]
QUICK = settings(
    settings(),
    max_examples=max(5, settings().max_examples // 20),
    suppress_health_check=list(HealthCheck),
)


def from_somewhere(environ, start_response):
    """The application, for a client that does not say where it calls from."""
    return application(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)


def described(*, bounds):
    """The description; with `bounds` each value's edges are tried before anything by chance."""
    raw = SchemaGenerator().get_schema(request=None, public=True)
    edges = {"enabled": bounds, "unexpected-methods": []}
    config = SchemathesisConfig.from_dict({"phases": {"coverage": edges}})
    schema = schemathesis.openapi.from_dict(raw, config=config)
    schema.app = from_somewhere
    return schema


bounded, by_chance = described(bounds=True), described(bounds=False)
pytestmark = [pytest.mark.property, pytest.mark.django_db]


@pytest.fixture
def unlimited(settings):
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}


@pytest.fixture(autouse=True)
def one_connection():
    """The test's own, in whose transaction all of it happens: requests leave it open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def known_ids(massage, bob):
    appointment = town.booked(massage, bob, at(8, day=1))
    webhook, _ = subscribing.add(
        massage.provider, url="https://8.8.8.8/hook", events=["appointment.moved"]
    )
    return {
        "webhook_id": str(webhook.pk),
        "delivery_id": str(subscribing.test(massage.provider, webhook.pk).pk),
        "id": str(appointment.pk),
        "service_id": str(massage.pk),
        "customer_id": str(appointment.customer_id),
        "slug": "ada",
        "token": links.token(town.booked(massage, Guest("gil@example.org", "Gil"), at(9, day=1))),
    }


def call(case, user):
    token = {"Authorization": f"Bearer {AccessToken.for_user(user)}"}
    case.call_and_validate(headers=token, checks=CHECKS)


@bounded.parametrize()
@QUICK
def test_a_provider_is_answered_as_described(case, ada, known_ids, unlimited):
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known_ids[name]
    call(case, ada)


@by_chance.parametrize()
@QUICK
def test_a_customer_is_answered_as_described(case, bob, unlimited):
    call(case, bob)

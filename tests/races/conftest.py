"""Crowds, and the two doors that they press through."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from openslot.appointments.models import Appointment
from openslot.kernel.errors import DomainError
from tests import town
from tests.races.crowds import BOOKED, Crowd

DOORS = ["domain", "api"]


@pytest.fixture
def crowd(request, figures):
    """Gather so many people; their figures stand at the end of the report."""
    crowds: list[Crowd] = []

    def gather(size: int) -> Crowd:
        crowds.append(Crowd(size))
        return crowds[-1]

    yield gather
    for each in crowds:
        each.go_home()
        assert each.faults() == []
        booked = each.codes.pop(BOOKED, 0)
        figures(
            request.node.name,
            rounds=each.rounds,
            went_through=booked,
            refused=sum(each.codes.values()),
            **dict(sorted(each.codes.items())),
            worst_wait_s=round(each.worst, 2),
            deadlocks=each.deadlocks,
        )


@pytest.fixture
def people(transactional_db):
    town.hash_once()


@pytest.fixture(params=DOORS)
def book(request, settings):
    """Book for oneself, at the domain's function and through HTTP."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    return {"domain": _book, "api": _post}[request.param]


def _book(service, by, start):
    return town.book(service.pk, by=by, start=start)


class Answered(DomainError):
    """A refusal that came as an HTTP answer."""


def _post(service, by, start):
    client = APIClient()
    token = RefreshToken.for_user(by).access_token
    answer = client.post(
        "/api/appointments/",
        {"service": str(service.pk), "start": start.isoformat()},
        headers={"Authorization": f"Bearer {token}"},
        format="json",
    )
    if answer.status_code == 201:
        return Appointment.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 409, answer.content
    refusal = Answered()
    refusal.code = answer.json()["code"]
    raise refusal

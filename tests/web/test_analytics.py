"""The provider's figures as a page and as a file."""

import csv
import io

import pytest

from openslot.appointments.booking import whom
from openslot.appointments.changing import outcomes
from tests import town

pytestmark = pytest.mark.django_db

APRIL = {"from": "2030-04-01", "to": "2030-04-30"}


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def earned(ada, massage, clock):
    """Fifty euros, on the tests' Monday."""
    guest = whom.Guest("zoe@example.org", "Zoe", "Long")
    made = town.book(massage.pk, by=ada, start=town.at(7), customer=guest)
    clock.move_to(town.at(9))
    return outcomes.complete(made.pk, by=ada)


def test_the_page_says_what_was_earned_by_whom_and_when(desk, earned):
    said = desk.get("/provider/analytics/", APRIL).content.decode()
    for words in ("€50.00", "Zoe Long", "Massage", "Mon 1 Apr 2030", "30 days before"):
        assert words in said
    assert '<td class="heat-5">60' in said


def test_without_dates_the_last_thirty_days_are_shown(desk, earned):
    form = desk.get("/provider/analytics/").context["form"]
    assert {name: f"{form.cleaned_data[name]}" for name in ("from", "to")} == {
        "from": "2030-03-03",
        "to": "2030-04-01",
    }


def test_the_file_has_a_line_for_each_interval(desk, earned):
    answer = desk.get("/provider/analytics.csv", APRIL | {"interval": "week"})
    assert answer["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(line["from"], line["appointments"], line["revenue EUR"]) for line in lines][:2] == [
        ("2030-04-01", "1", "50.00"),
        ("2030-04-08", "0", "0.00"),
    ]


@pytest.mark.parametrize("path", ["/provider/analytics/", "/provider/analytics.csv"])
@pytest.mark.parametrize(
    "dates", [{"from": "2030-04-02", "to": "2030-04-01"}, {"from": "x"}, {"interval": "year"}]
)
def test_dates_that_make_no_period_are_said_beside_their_field(desk, path, dates):
    answer = desk.get(path, dates)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


def test_the_page_costs_the_same_queries_for_any_number_of_appointments(
    desk, ada, massage, django_assert_max_num_queries
):
    for day in range(1, 25):
        guest = whom.Guest(f"guest{day}@example.org", f"Guest {day}")
        town.book(massage.pk, by=ada, start=town.at(7, day=day), customer=guest)
    with django_assert_max_num_queries(20):  # the figures' fourteen, session, user, provider, bell
        desk.get("/provider/analytics/", APRIL)

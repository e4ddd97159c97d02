"""A provider's bookings as a list and as a file."""

import csv
import io
from datetime import timedelta

import pytest

from openslot.appointments.changing import answers, cancelling
from openslot.kernel.wording import texts
from tests import town
from tests.doors.awkward import TEXTS
from tests.web.pages import said

pytestmark = pytest.mark.django_db
LIST, FILE = "/provider/appointments/", "/provider/appointments.csv"


@pytest.fixture
def desk(signed_in, ada):
    return signed_in(ada)


@pytest.fixture
def booked(massage, bob, carol, ada):
    """Bob tomorrow and in May, Carol the day after; hers is cancelled."""
    ada.provider.booking_window_days = 60
    ada.provider.save()
    advice = town.service(ada.provider, name="Advice")
    soon = town.booked(massage, bob, town.at(8, day=1), notes="Knee")
    off = town.booked(advice, carol, town.at(8, day=2))
    cancelling.cancel(off.pk, by=carol)
    late = town.booked(advice, bob, town.at(8, day=35))
    answers.accept(late.pk, by=ada)
    return soon, off, late


def shown(desk, query=""):
    return [each.pk for each in desk.get(LIST + query).context["rows"]]


def filed(desk, query=""):
    answer = desk.get(FILE + query)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_what_is_to_come_stands_there_soonest_first(desk, booked):
    assert shown(desk) == [each.pk for each in booked]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("?search=bob", [2, 0]),
        ("?search=BOB+advice", [2]),
        ("?search=carol@", [1]),
        ("?search=nobody", []),
        ("?status=pending", [0]),
        ("?status=cancelled", [1]),
        ("?first=2030-04-03&last=2030-04-30", [1]),
        ("?first=2030-04-02&last=2030-04-02", [0]),
        ("?last=2030-04-03", [1, 0]),
        ("?first=2030-05-07", []),
    ],
)
def test_filters_narrow_the_list_and_the_file_alike(desk, booked, query, numbers):
    wanted = [booked[number] for number in numbers]
    assert shown(desk, query) == [each.pk for each in wanted]
    days = [f"{each.start:%Y-%m-%d}" for each in wanted]
    assert [row["Date"] for row in filed(desk, query)] == days


def test_one_service_alone(desk, booked, massage):
    assert shown(desk, f"?service={massage.pk}") == [booked[0].pk]


def test_the_dates_are_those_of_the_providers_clock(desk, ada, bob, massage):
    """At Kiritimati a booking at 22:00 UTC is on the next day at noon."""
    type(ada.provider).objects.filter(pk=ada.provider.pk).update(timezone="Pacific/Kiritimati")
    made = town.booked(massage, bob, town.at(22, day=1))
    assert shown(desk, "?first=2030-04-03&last=2030-04-03") == [made.pk]
    assert shown(desk, "?first=2030-04-02&last=2030-04-02") == []
    [row] = filed(desk)
    assert (row["Date"], row["Start"], row["Time zone"]) == (
        *("2030-04-03", "12:00", "Pacific/Kiritimati"),
    )


def test_the_file_says_all_of_a_booking(desk, booked):
    assert filed(desk)[0] == {
        "Date": "2030-04-02",
        "Start": "10:00",
        "End": "11:00",
        "Time zone": "Europe/Berlin",
        "Customer": "Bob Test",
        "E-mail": "bob@example.org",
        "Phone": "",
        "Service": "Massage",
        "Status": "Request",
        "Price": "50.00",
        "Currency": "EUR",
        "Place": "",
        "Notes": "Knee",
        "Answers": "",
    }


def test_whatever_was_typed_comes_out_of_the_file_and_computes_nothing(desk, ada, bob):
    ada.provider.booking_window_days = 100
    ada.provider.save()
    for number, text in enumerate(TEXTS):
        line = texts.line(text)
        sold = town.service(ada.provider, name=line, location_kind="in_person", location_text=line)
        town.booked(sold, bob, town.at(8, day=number), notes=text)
    rows = filed(desk, "?first=2030-04-01")
    for text, row in zip(TEXTS, rows, strict=True):
        line = texts.cell(texts.line(text))
        assert (row["Service"], row["Place"]) == (line, line)
        assert row["Notes"] == texts.cell(text)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(texts.COMPUTED)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?first=yesterday", "first"),
        ("?first=2030-05-02&last=2030-05-01", "last"),
        ("?status=lost", "status"),
        (f"?service={town.NOBODY}", "service"),
        ("?page=0", "page"),
        ("?first=9999-01-01", "first"),
    ],
)
@pytest.mark.parametrize("path", [LIST, FILE])
def test_what_cannot_be_understood_is_said_beside_its_field(desk, booked, path, query, field):
    page = desk.get(path + query)
    assert page.status_code == 422
    assert field in page.context["form"].errors


def test_another_providers_bookings_and_services_are_none_of_it(signed_in, booked, massage, dan):
    client = signed_in(dan)
    assert shown(client, "?first=2030-04-01") == []
    assert client.get(f"{LIST}?service={massage.pk}").status_code == 422
    assert filed(client) == []


def test_pages_lead_on_with_the_filters(desk, massage, bob, ada):
    ada.provider.booking_window_days = 60
    ada.provider.save()
    made = [town.booked(massage, bob, town.at(8, day=number)) for number in range(31)]
    page = desk.get(f"{LIST}?search=bob&first=2030-04-01")
    assert len(page.context["rows"]) == 30
    following = page.context["next"]
    assert shown(desk, following) == [made[-1].pk]
    back = desk.get(LIST + following).context["previous"]
    assert shown(desk, back) == [each.pk for each in made[:30]]


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_takes_the_same_queries_however_many(
    desk, massage, bob, count, django_assert_num_queries
):
    for number in range(count):
        town.booked(massage, bob, town.at(7) + timedelta(hours=number % 8, days=number // 8 + 1))
    with django_assert_num_queries(6):  # session, user, provider, bookings, services, the badge
        desk.get(LIST)


def test_who_has_nothing_is_told_what_to_do(desk):
    assert "Nothing is booked" in said(desk.get(LIST))
    assert "No such bookings" in said(desk.get(f"{LIST}?search=x"))

"""The provider's own desk."""

import pytest
from moneyed import Money

from openslot.appointments.changing import cancelling, outcomes
from openslot.catalog.models import Service
from tests import town

pytestmark = pytest.mark.django_db

SERVICE = {
    "name": "Cut",
    "category": "hair",
    "description": "With a wash",
    "duration_minutes": 45,
    "pricing": "fixed",
    "price": "45.00",
    "currency": "EUR",
    "active": True,
}


def wrong(answer):
    assert answer.status_code == 400, answer.content
    return set(answer.json()["errors"])


def test_anybody_can_become_a_provider(asking, bob):
    answer = asking(bob).post(
        "provider/",
        {
            "name": "Bøb & Söhne",
            "timezone": "Europe/Berlin",
            "categories": ["hair"],
            "location": {"kind": "video", "text": "A link follows"},
        },
    )
    assert answer.status_code == 201, answer.content
    mine = answer.json()
    assert mine["categories"] == ["hair"]
    assert mine["location"]["kind"] == "video"
    assert mine["cancellation_notice_hours"] == 0
    assert (mine["daily_limit"], mine["pending_limit"]) == (None, None)
    assert asking(bob).get("me/").json()["is_provider"] is True
    assert asking().get(f"providers/{mine['slug']}/").status_code == 200


def test_nobody_becomes_a_provider_twice(asking, ada):
    answer = asking(ada).post("provider/", {"name": "Again", "timezone": "UTC"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_equal_names_get_slugs_of_their_own(asking, bob, carol):
    slugs = {
        asking(who).post("provider/", {"name": "東京", "timezone": "UTC"}).json()["slug"]
        for who in (bob, carol)
    }
    assert len(slugs) == 2


def test_who_is_no_provider_has_no_desk(asking, bob):
    for path in ("provider/", "provider/services/", "provider/customers/"):
        answer = asking(bob).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_profile_can_be_sent_back_as_it_came(asking, ada):
    mine = asking(ada).get("provider/").json()
    assert asking(ada).patch("provider/", mine).json() == mine


def test_rules_are_changed(asking, ada):
    answer = asking(ada).patch("provider/", {"slot_step_minutes": 15, "daily_limit": 3})
    assert (answer.json()["slot_step_minutes"], answer.json()["daily_limit"]) == (15, 3)
    assert asking(ada).patch("provider/", {"daily_limit": None}).json()["daily_limit"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slot_step_minutes", 4),
        ("slot_step_minutes", 1441),
        ("booking_window_days", 0),
        ("booking_window_days", 1096),
        ("buffer_before_minutes", -1),
        ("minimum_notice_minutes", 525_601),
        ("complete_after_hours", 8761),
        ("slot_step_minutes", None),
        ("confirmation", "maybe"),
        ("timezone", "Mars"),
        ("categories", ["nowhere"]),
        ("location", {"kind": "moon"}),
        ("bio", "x" * 2001),
        ("name", ""),
        ("wings", 2),
    ],
)
def test_rules_out_of_bounds_are_refused(asking, ada, field, value):
    [told] = wrong(asking(ada).patch("provider/", {field: value}))
    assert told.partition(".")[0] == field


def test_a_refused_change_changes_nothing(asking, ada):
    asking(ada).patch("provider/", {"name": "Other", "categories": ["nowhere"]})
    assert asking(ada).get("provider/").json()["name"] == "Ada's practice"


def test_a_service_is_made_changed_and_removed(asking, ada):
    made = asking(ada).post("provider/services/", SERVICE)
    assert made.status_code == 201, made.content
    path = f"provider/services/{made.json()['id']}/"
    assert made.json()["price"] == {"amount": "45.00", "currency": "EUR"}
    changed = asking(ada).patch(path, {"price": "50", "buffer_after_minutes": 10}).json()
    assert changed["price"] == {"amount": "50.00", "currency": "EUR"}
    assert changed["buffer_after_minutes"] == 10
    assert asking(ada).delete(path).status_code == 204
    assert asking(ada).get(path).status_code == 404


@pytest.mark.parametrize("pricing", [{"price": "45.00"}, {"pricing": "hourly", "rate": "33.50"}])
def test_a_service_can_be_sent_back_as_it_came(asking, ada, pricing):
    fields = {name: value for name, value in SERVICE.items() if name not in {"price", "pricing"}}
    mine = asking(ada).post("provider/services/", fields | pricing).json()
    path = f"provider/services/{mine['id']}/"
    assert asking(ada).patch(path, mine).json() == mine
    stored = Service.objects.get(pk=mine["id"])
    assert (stored.location_kind, stored.buffer_before_minutes) == ("", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "45.001"),
        ("price", "-1"),
        ("price", "NaN"),
        ("price", 45.5),
        ("price", None),
        ("price", {"amount": "1"}),
        ("currency", "EUX"),
        ("duration_minutes", 0),
        ("duration_minutes", 1441),
        ("duration_minutes", "long"),
        ("buffer_before_minutes", 1441),
        ("category", "nowhere"),
        ("location", {"kind": "moon"}),
        ("requires", {"service": town.NOBODY, "min_days": 1, "max_days": 2}),
        ("requires", {"service": "x"}),
        ("pricing", "free"),
        ("wings", 2),
    ],
)
def test_a_service_that_does_not_fit_is_refused(asking, ada, field, value):
    told = wrong(asking(ada).post("provider/services/", SERVICE | {field: value}))
    assert {each.partition(".")[0] for each in told} == {field}


def test_a_service_needs_a_currency_at_first(asking, ada):
    body = {name: value for name, value in SERVICE.items() if name != "currency"}
    assert wrong(asking(ada).post("provider/services/", body)) == {"currency"}


def test_services_require_one_another_without_circles(asking, ada, massage):
    needs = {"service": str(massage.pk), "min_days": 1, "max_days": 7}
    made = asking(ada).post("provider/services/", SERVICE | {"requires": needs})
    assert made.json()["requires"] == needs
    back = {"service": made.json()["id"], "min_days": 0, "max_days": 1}
    path = f"provider/services/{massage.pk}/"
    assert wrong(asking(ada).patch(path, {"requires": back})) == {"requires"}
    assert asking(ada).delete(path).json()["code"] == "still_required"


def test_another_providers_service_is_not_there(asking, ada, haircut):
    path = f"provider/services/{haircut.pk}/"
    for answer in (
        asking(ada).get(path),
        asking(ada).patch(path, {"name": "Mine"}),
        asking(ada).delete(path),
    ):
        assert answer.status_code == 404


def test_customers_come_with_their_history(asking, dan, haircut, bob, clock):
    for hour in (8, 9, 10):
        town.booked(haircut, bob, town.at(hour))
    late = town.booked(haircut, bob, town.at(8, day=1))
    cancelling.cancel(town.booked(haircut, bob, town.at(9, day=1)).pk, by=bob)
    clock.move_to(town.at(9, 15))
    first = dan.provider.appointments.order_by("start").first()
    outcomes.complete(first.pk, by=dan)
    [one] = asking(dan).get("provider/customers/").json()["results"]
    assert (one["name"], one["email"]) == ("Bob Test", "bob@example.org")
    assert one["count"] == 4
    assert one["revenue"] == [{"amount": "50.00", "currency": "EUR"}]
    assert one["last_visit"] == "2030-04-01T09:00:00Z"  # has begun
    assert one["next_visit"] == "2030-04-01T10:00:00Z"
    assert late.status == "confirmed"


def test_revenue_is_told_by_currency(asking, dan, haircut, bob, clock):
    town.booked(haircut, bob, town.at(8))
    dollars = town.service(dan.provider, name="Shave", tariff=Money("20", "USD"))
    town.booked(dollars, bob, town.at(9))
    clock.move_to(town.at(12))
    for each in dan.provider.appointments.all():
        outcomes.complete(each.pk, by=dan)
    [one] = asking(dan).get("provider/customers/").json()["results"]
    assert {(m["amount"], m["currency"]) for m in one["revenue"]} == {
        ("50.00", "EUR"),
        ("20.00", "USD"),
    }


def test_a_blocked_customer_books_no_more(asking, dan, haircut, bob):
    town.booked(haircut, bob, town.at(8))
    [one] = asking(dan).get("provider/customers/").json()["results"]
    path = f"provider/customers/{one['id']}/"
    changed = asking(dan).patch(path, {"blocked": True, "notes": "Never pays"}).json()
    assert (changed["blocked"], changed["notes"]) == (True, "Never pays")
    assert asking(dan).patch(path, changed).json() == changed


def test_another_providers_customer_is_not_there(asking, ada, dan, haircut, bob):
    town.booked(haircut, bob, town.at(8))
    path = f"provider/customers/{dan.provider.customers.get().pk}/"
    assert asking(ada).get(path).status_code == 404
    assert asking(ada).patch(path, {"notes": "?"}).status_code == 404
    assert asking(bob).get(path).status_code == 403


def test_lists_take_as_many_queries_however_long_they_are(
    asking, dan, haircut, bob, django_assert_num_queries
):
    town.booked(haircut, bob, town.at(8))
    town.booked(haircut, town.person("Carol"), town.at(9))
    asked = asking(dan)
    with django_assert_num_queries(2):  # the caller with the desk, customers with history
        asked.get("provider/customers/")
    with django_assert_num_queries(2):  # the caller with the desk, services
        asked.get("provider/services/")

"""What anybody may see."""

import pytest
from moneyed import Money

from openslot.catalog.models import Category, Pricing
from tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def practices(ada, dan, massage, haircut):
    massage.category = Category.objects.get(slug="massage")
    massage.save()
    haircut.category = Category.objects.get(slug="hair")
    haircut.save()
    return [ada.provider, dan.provider]


def slugs(answer):
    assert answer.status_code == 200, answer.json()
    return [one["slug"] for one in answer.json()["results"]]


def test_an_installation_starts_with_categories(asking):
    found = asking().get("categories/").json()
    assert len(found) >= 12
    assert {"slug", "name", "provider_count"} <= found[0].keys()


def test_categories_count_their_providers(asking, practices):
    counts = {one["slug"]: one["provider_count"] for one in asking().get("categories/").json()}
    assert (counts["massage"], counts["hair"], counts["legal"]) == (1, 1, 0)


def test_a_provider_is_shown_with_services_and_prices(asking, practices, massage):
    one = asking().get("providers/").json()["results"][0]
    assert one["slug"] == "ada"
    assert one["categories"] == ["massage"]
    assert one["location"] == {"kind": "in_person", "text": ""}
    service = one["services"][0]
    assert service["price"] == {"amount": "50.00", "currency": "EUR"}
    assert service["rate"] is None
    assert service["category"] == "massage"
    assert service["provider"] == one["id"]


def test_an_hourly_price_is_what_one_booking_costs(asking, ada):
    town.service(
        ada.provider, duration_minutes=50, pricing=Pricing.HOURLY, tariff=Money("50", "EUR")
    )
    service = asking().get("providers/ada/").json()["services"][0]
    assert service["price"] == {"amount": "41.67", "currency": "EUR"}
    assert service["rate"] == {"amount": "50.00", "currency": "EUR"}


def test_one_provider_comes_with_bio_and_rules(asking, practices):
    one = asking().get("providers/dan/").json()
    assert one["confirmation"] == "automatic"
    assert {"bio", "booking_window_days", "daily_limit"} <= one.keys()
    assert asking().get("providers/nobody/").status_code == 404


def test_inactive_providers_are_nowhere(asking, practices, ada):
    ada.provider.active = False
    ada.provider.save()
    assert asking().get("providers/ada/").status_code == 404
    assert slugs(asking().get("providers/")) == ["dan"]
    assert slugs(asking().get("providers/", search="massage")) == []


def test_filters(asking, practices):
    assert slugs(asking().get("providers/", category="hair")) == ["dan"]
    assert slugs(asking().get("providers/", category="nowhere")) == []
    assert slugs(asking().get("providers/", price_max="49.99")) == []
    assert slugs(asking().get("providers/", price_max="50")) == ["ada", "dan"]
    assert slugs(asking().get("providers/", search="HAIR")) == ["dan"]
    assert slugs(asking().get("providers/", ordering="-name")) == ["dan", "ada"]


def test_a_price_is_compared_in_one_currency(asking, practices, haircut):
    """The usual one where none is named; who sells in another alone is left out."""
    haircut.tariff = Money(50, "CHF")
    haircut.save()
    town.service(town.provider(town.person("Kay"), slug="kay"), tariff=Money(60, "EUR"))
    assert slugs(asking().get("providers/", price_max="500")) == ["ada", "kay"]
    assert slugs(asking().get("providers/", price_max="500", currency="CHF")) == ["dan"]
    assert asking().get("providers/", price_max="500", currency="XYZ").status_code == 400


def test_available_on_wants_room_on_that_day(asking, practices, dan):
    dan.provider.working_hours.filter(weekday=2).delete()
    assert slugs(asking().get("providers/", available_on="2030-04-02")) == ["ada"]
    assert slugs(asking().get("providers/", available_on="2030-04-03")) == ["ada", "dan"]
    assert slugs(asking().get("providers/", available_on="2020-04-03")) == []


def test_providers_are_grouped_by_category(asking, practices, ada):
    Category.objects.get(slug="hair").providers.add(ada.provider)
    groups = asking().get("providers/", group_by="category").json()
    assert [(g["category"], [p["slug"] for p in g["providers"]]) for g in groups] == [
        ("massage", ["ada"]),
        ("hair", ["ada", "dan"]),
    ]
    only = asking().get("providers/", group_by="category", category="hair").json()
    assert [g["category"] for g in only] == ["hair"]


@pytest.mark.parametrize("ordering", ["name", "-name", "price", "-price"])
def test_pages_hold_everybody_once(asking, people, ordering):
    for n in range(7):
        made = town.provider(town.person(f"P{n}"), name=f"Practice {n % 3}")
        if n:
            town.service(made, tariff=Money(10 * (n % 4), "EUR"))
    whole = slugs(asking().get("providers/", ordering=ordering))
    answer = asking().get("providers/", ordering=ordering, page_size=2)
    seen = slugs(answer)
    while answer.json()["next"]:
        answer = asking().client.get(answer.json()["next"])
        seen += slugs(answer)
    assert seen == whole
    assert len(set(seen)) == 7


def test_search_answers_the_best_and_no_next_page(asking, practices):
    answer = asking().get("providers/", search="practice", page_size=1)
    assert slugs(answer) == ["ada"]
    assert answer.json()["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"price_max": "-1"},
        {"price_max": "NaN"},
        {"available_on": "tomorrow"},
        {"available_on": "9999-12-31"},
        {"ordering": "password"},
        {"group_by": "name"},
        {"page_size": "0"},
        {"page_size": "101"},
        {"cursor": "abc"},
        {"search": "a" * 201},
        {"search": "a\0b"},
        {"category": "a\0b"},
        {"currency": "E\0R"},
    ],
)
def test_nonsense_is_refused(asking, practices, query):
    assert asking().get("providers/", **query).status_code == 400


def test_lists_take_as_many_queries_however_long_they_are(
    asking, practices, django_assert_num_queries
):
    with django_assert_num_queries(3):  # providers, services, named categories
        asking().get("providers/")
    with django_assert_num_queries(4):  # the matches; then as above
        asking().get("providers/", search="practice")
    with django_assert_num_queries(3):
        asking().get("providers/", group_by="category")
    with django_assert_num_queries(2):  # the pairs, the categories
        asking().get("categories/")
    with django_assert_num_queries(3):
        asking().get("providers/ada/")


@pytest.mark.parametrize("sign", ["\ufdfa", "\N{GLOBE WITH MERIDIANS}", "\u3316"])
def test_no_name_makes_the_address_of_the_next_page_too_long(asking, dan, ada, sign):
    """Some signs are folded into eighteen letters each; a web server takes 8,190 bytes."""
    ada.provider.name = sign * 200
    ada.provider.save()
    said = asking().get("providers/", page_size=1, ordering="-name").json()
    assert said["results"][0]["slug"] == "ada"
    assert len(said["next"]) < 4000

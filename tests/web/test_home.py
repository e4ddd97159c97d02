import pytest
from moneyed import Money

from openslot.appointments.changing import answers, rescheduling
from openslot.catalog.models import Category
from tests import town


def category(slug):
    return Category.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def test_anybody_is_asked_what_they_look_for(client, massage):
    massage.category = category("massage")
    massage.save()
    page = client.get("/").content.decode()
    assert "Book time with the people you need" in page
    assert "/find/?category=massage" in page
    assert "/find/?category=pets" not in page  # nobody is there


def test_home_shows_what_comes_next(signed_in, bob, request_of_bob):
    page = signed_in(bob).get("/").content.decode()
    assert "Hello, <bdi>Bob</bdi>" in page
    assert "10:00" in page
    assert f"/appointments/{request_of_bob.pk}/" in page


def test_home_offers_to_find_somebody_where_nothing_is_booked(signed_in, bob):
    assert "No appointments yet" in signed_in(bob).get("/").content.decode()


def test_finding_shows_the_soonest_time_of_each(client, massage, haircut):
    page = client.get("/find/").content.decode()
    assert "Ada&#x27;s practice" in page
    assert "Dan&#x27;s practice" in page
    assert f"/p/ada/?service={massage.pk}&amp;at=2030-04-01T07%3A00%3A00Z" in page


def test_finding_by_word_and_by_category(client, massage, haircut):
    haircut.category = category("hair")
    haircut.save()
    for query in ("search=haircut", "category=hair", "search=haircut&category=hair"):
        page = client.get(f"/find/?{query}").content.decode()
        assert "Dan&#x27;s practice" in page
        assert "Ada&#x27;s practice" not in page


def test_finding_nobody_says_what_to_do(client, massage):
    page = client.get("/find/?search=zzzzqqqq").content.decode()
    assert "Nobody found" in page
    assert "Show all" in page


def test_an_unknown_category_is_nowhere(client, db):
    assert client.get("/find/?category=nowhere").status_code == 404


def test_htmx_gets_the_part_it_swaps(client, massage):
    part = client.get("/find/", headers={"HX-Request": "true", "HX-Target": "found"})
    assert part.content.decode().strip().startswith('<div id="found">')
    assert "HX-Request" in part["Vary"]


def test_more_providers_than_a_page_holds(client, people):
    for n in range(14):
        owner = town.provider(town.person(f"Kay{n}"), slug=f"kay-{n}")
        town.hours(owner)
        town.service(owner)
    first = client.get("/find/").content.decode()
    assert first.count('class="provider-card"') == 12
    assert "/find/?page=2" in first
    assert client.get("/find/?page=2").content.decode().count('class="provider-card"') == 2
    assert client.get("/find/?page=99").status_code == 200


def test_finding_costs_the_same_however_many_are_found(client, people, django_assert_num_queries):
    client.get("/find/")
    for first in (0, 2):
        for n in range(first, first + 2 + 4 * first):
            owner = town.provider(town.person(f"Kay{n}"), slug=f"kay-{n}")
            town.hours(owner)
            for price in (10, 20):
                town.service(owner, tariff=Money(price, "EUR"), name=f"At {price}")
        # how many, providers, services, categories; the chips (2); hours, special days, free time
        with django_assert_num_queries(9):
            client.get("/find/")


def test_home_costs_the_same_however_much_is_coming(
    signed_in, bob, massage, django_assert_num_queries
):
    client = signed_in(bob)
    for day in range(1, 9):
        town.booked(massage, bob, town.at(8, day=day))
        if day in {1, 8}:
            # session, user, categories (who is in them, their names), what is to answer,
            # invitations, what waits, what comes, provider of the user
            with django_assert_num_queries(9):
                client.get("/")


def test_home_asks_first_for_the_answers_that_are_somebodys_own(signed_in, ada, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=2))
    answers.accept(made.pk, by=ada)
    rescheduling.reschedule(made.pk, by=ada, start=town.at(9, day=3), propose=True)
    asked = town.booked(massage, bob, town.at(10, day=4))
    page = signed_in(bob).get("/").content.decode()
    order = ["For you to answer", "Accept the new time", "Your requests", f"{asked.pk}"]
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert page.count(f'href="/appointments/{made.pk}/"') == 1


@pytest.fixture
def late(people):
    """Somebody who works in the evening, by video."""
    owner = town.provider(town.person("Kay"), slug="kay", location_kind="video")
    town.hours(owner, start="18:00", end="20:00")
    return town.service(owner, name="Advice", tariff=Money(90, "EUR"))


def found(client, query):
    page = client.get(f"/find/?{query}").content.decode()
    return [name for name in ("Ada", "Dan", "Kay") if f"{name}&#x27;s practice" in page]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("part=evening", ["Kay"]),
        ("part=morning", ["Ada", "Dan"]),
        ("place=video", ["Kay"]),
        ("price_max=60", ["Ada", "Dan"]),
        ("price_max=60&part=evening", []),
        ("day=2030-04-02", ["Ada", "Dan", "Kay"]),
        ("day=2030-04-02&part=evening", ["Kay"]),
        ("day=2030-03-02", []),
    ],
)
def test_who_is_found_can_be_narrowed(client, massage, haircut, late, query, who):
    assert found(client, query) == who


def test_a_price_is_one_of_a_currency_where_several_are_on_offer(client, massage, haircut, late):
    one = client.get("/find/?price_max=60").content.decode()
    assert 'name="currency"' not in one
    assert "are compared" not in one
    late.tariff = Money(55, "CHF")
    late.save()
    assert found(client, "price_max=60") == ["Ada", "Dan"]
    assert found(client, "price_max=60&currency=CHF") == ["Kay"]
    page = client.get("/find/?price_max=60&currency=CHF").content.decode()
    assert "Only prices in CHF are compared; other currencies are left out." in page
    assert '<option value="CHF" selected>' in page
    assert "other currencies come last" in client.get("/find/?sort=price").content.decode()
    assert "are compared" not in client.get("/find/").content.decode()
    gone = client.get("/find/?price_max=60&currency=SEK")  # a link from when somebody sold so
    assert gone.status_code == 200
    assert client.get("/find/?price_max=60&currency=XYZ").status_code == 404


def test_soonest_first_and_cheapest_first(client, massage, haircut, late):
    for order in ("soonest", "price"):
        page = client.get(f"/find/?sort={order}").content.decode()
        assert page.index("Ada&#x27;s practice") < page.index("Kay&#x27;s practice")
    town.hours(haircut.provider, start="08:00", end="09:00")
    page = client.get("/find/?sort=soonest").content.decode()
    assert page.index("Dan&#x27;s practice") < page.index("Ada&#x27;s practice")


def test_a_card_shows_three_next_times_and_their_zone(client, massage):
    page = client.get("/find/").content.decode()
    assert page.count('class="slot slot-day"') == 3
    assert "Europe/Berlin" in page
    evening = client.get("/find/?day=2030-04-03&part=afternoon").content.decode()
    assert evening.count("<span>Wed 3 Apr</span>") == 3


def test_a_filter_typed_wrong_is_said_beside_it_and_does_not_count(client, massage):
    answer = client.get("/find/?price_max=cheap")
    assert answer.status_code == 422
    assert "id_price_max_error" in answer.content.decode()
    assert "Ada&#x27;s practice" in answer.content.decode()


def test_filters_stay_while_a_category_or_a_page_is_chosen(client, massage):
    massage.category = category("massage")
    massage.save()
    page = client.get("/find/?part=morning&price_max=60").content.decode()
    assert "price_max=60&amp;part=morning&amp;category=massage" in page


@pytest.mark.parametrize("query", ["sort=soonest", "part=morning&sort=soonest", "day=2030-04-02"])
def test_narrowing_costs_the_same_however_many_fit(
    client, people, query, django_assert_num_queries
):
    for first in (0, 2):
        for n in range(first, 2 + 4 * first):
            owner = town.provider(town.person(f"Kay{n}"), slug=f"kay-{n}")
            town.hours(owner)
            town.service(owner)
        client.get(f"/find/?{query}")
        # providers, services, categories; revisions for the order and for the cards (2), what is
        # free from memory; the chips (2)
        with django_assert_num_queries(7):
            client.get(f"/find/?{query}")

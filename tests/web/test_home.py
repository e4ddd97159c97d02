from moneyed import Money

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
            # session, user, categories (who is in them, their names), what comes, provider of the
            # user
            with django_assert_num_queries(6):
                client.get("/")

"""A provider chooses the address of their page; the ones before lead on to it."""

import pytest

from openslot.accounts import people
from openslot.accounts.models import FormerSlug, Listing, Provider
from openslot.accounts.offering import slugs
from openslot.kernel.errors import Invalid
from openslot.privacy import erasure
from tests.api.calling import Caller

pytestmark = pytest.mark.django_db


def renamed(provider, *names):
    for name in names:
        people.change_provider(provider, slug=name)
    return Provider.objects.get(pk=provider.pk)


def test_the_address_before_leads_on_at_both_doors_with_path_query_and_method(massage, client):
    old = massage.provider.slug
    renamed(massage.provider, "ada-1")
    for path in (
        f"/p/{old}/?week=2030-04-01",
        f"/p/{old}/{massage.pk}/book/",
        f"/embed/{old}/",
        f"/api/providers/{old}/",
        f"/api/providers/{old}/availability/?service={massage.pk}&start=2030-04-01&end=2030-04-02",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (308, path.replace(old, "ada-1"))
        assert answer["Cache-Control"] == "no-store"
        assert client.get(answer["Location"]).status_code in {200, 302}
    assert client.post(f"/p/{old}/{massage.pk}/book/", {}).status_code == 308


def test_every_address_before_leads_to_the_one_of_now(massage, client):
    renamed(massage.provider, "one", "two", "three")
    assert [slugs.now_of(name) for name in ("one", "two", "three")] == ["three", "three", None]


def test_the_last_ten_lead_on(massage):
    renamed(massage.provider, *(f"number-{number}" for number in range(12)))
    assert FormerSlug.objects.count() == slugs.MOST
    assert slugs.now_of("number-0") is None
    assert slugs.now_of("number-1") == "number-11"


def test_an_address_can_be_taken_back_and_nothing_leads_in_a_circle(massage, client):
    old = massage.provider.slug
    renamed(massage.provider, "ada-1", old)
    assert client.get(f"/p/{old}/").status_code == 200
    assert client.get("/p/ada-1/")["Location"] == f"/p/{old}/"


def test_nobody_else_gets_an_address_that_leads_on(massage, eve):
    old = massage.provider.slug
    renamed(massage.provider, "ada-1")
    other = people.become_provider(eve, name=old.title(), timezone="Europe/Berlin")
    assert other.slug.startswith(f"{old}-")
    for name in (old, "ada-1"):
        with pytest.raises(Invalid) as refused:
            people.change_provider(other, slug=name)
        assert "slug" in refused.value.errors


@pytest.mark.parametrize(
    "name", ["", "Ada", "ada jones", "-ada", "ada-", "a--b", "ädä", "a/b", "former-ada", "a_b"]
)
def test_what_is_no_address_is_refused_beside_the_field(massage, name):
    with pytest.raises(Invalid) as refused:
        people.change_provider(massage.provider, slug=name, headline="Hands")
    assert list(refused.value.errors) == ["slug"]
    assert Provider.objects.get(pk=massage.provider.pk).headline != "Hands"


def test_the_api_sets_it_and_an_echo_changes_nothing(massage):
    desk = Caller(massage.provider.user)
    assert desk.patch("provider/", {"slug": "ada-1"}).json()["slug"] == "ada-1"
    desk.patch("provider/", {"slug": "ada-1"})
    assert FormerSlug.objects.count() == 1
    answer = desk.patch("provider/", {"slug": "A da"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["slug"])


def test_whoever_is_hidden_or_erased_is_led_to_by_nothing(massage, client):
    old = massage.provider.slug
    renamed(massage.provider, "ada-1")
    Provider.objects.filter(pk=massage.provider.pk).update(listing=Listing.HIDDEN)
    assert client.get(f"/p/{old}/").status_code == 404
    Provider.objects.filter(pk=massage.provider.pk).update(listing=Listing.LISTED)
    erasure.erase(massage.provider.user)
    assert client.get(f"/p/{old}/").status_code == 404
    assert not FormerSlug.objects.exists()

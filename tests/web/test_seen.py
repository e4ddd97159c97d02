"""Public pages as search engines see them, and whoever shows a link to one."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlsplit

import pytest

from openslot.accounts import people
from tests import town

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(settings):
    return settings.BASE_URL


def meta(client, path):
    """What stands in the head of a page, by name."""
    page = client.get(path).content.decode()
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page)
    return {name: html.unescape(said) for name, said in found}


def data(client, path):
    page = client.get(path).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


@pytest.mark.parametrize("path", ["/", "/find/", "/find/?category=massage", "/p/ada/"])
def test_a_public_page_says_what_it_is(client, massage, base, path):
    said = meta(client, path)
    assert 20 <= len(said["description"]) <= 320
    assert said["og:description"] == said["description"]
    assert said["og:url"] == base + urlsplit(path).path
    assert said["og:image"].startswith(base)
    assert {"og:title", "og:type"} <= said.keys()


def test_a_providers_page_is_described_in_their_words(client, ada, massage):
    people.change_provider(ada.provider, headline="Hands that help", bio="Twenty years.\n\nBerlin.")
    said = meta(client, "/p/ada/")
    assert said["description"] == "Hands that help Twenty years. Berlin."
    assert said["og:title"] == "Ada's practice"


def test_who_says_nothing_is_described_by_what_they_offer(client, ada, massage):
    people.change_provider(ada.provider, headline="", bio="")
    assert (
        meta(client, "/p/ada/")["description"] == "Book an appointment with Ada's practice: Massage"
    )


def test_a_long_text_is_cut(client, ada, massage):
    people.change_provider(ada.provider, bio="word " * 390)
    assert len(meta(client, "/p/ada/")["description"]) <= 320


def test_a_practice_is_a_business_that_makes_offers(client, ada, massage, base):
    people.change_provider(ada.provider, location_text="Main Street 1, Berlin")
    said = data(client, "/p/ada/")
    assert (said["@type"], said["name"]) == ("LocalBusiness", "Ada's practice")
    assert (said["url"], said["address"]) == (f"{base}/p/ada/", "Main Street 1, Berlin")
    offer = said["makesOffer"][0]
    assert (offer["price"], offer["priceCurrency"]) == ("50.00", "EUR")
    assert offer["itemOffered"]["name"] == "Massage"


def test_what_a_provider_types_ends_no_element(client, ada, massage):
    evil = '</script><script>alert(1)</script>"><img>&amp;'
    people.change_provider(ada.provider, name=evil[:40], bio=evil)
    page = client.get("/p/ada/").content.decode()
    assert "<script>alert" not in page
    assert "<img>" not in page
    assert data(client, "/p/ada/")["description"] == meta(client, "/p/ada/")["description"]


def test_the_choice_on_a_page_makes_no_other_page(client, massage, base):
    page = client.get(f"/p/ada/?service={massage.pk}&day=2030-04-02").content.decode()
    assert f'<link rel="canonical" href="{base}/p/ada/">' in page


def test_private_pages_describe_nothing(client, bob):
    client.force_login(bob)
    for path in ("/appointments/", "/me/", "/notifications/"):
        assert "description" not in meta(client, path)


def test_engines_are_told_what_is_closed_and_where_the_map_is(client, base):
    said = client.get("/robots.txt")
    lines = said.content.decode().splitlines()
    assert said.headers["Content-Type"].startswith("text/plain")
    assert lines[0] == "User-agent: *"
    assert "Disallow: /guest/" in lines
    assert f"Sitemap: {base}/sitemap.xml" in lines


def locations(client, path):
    """The addresses of a map, without whose they are."""
    said = client.get(path).content.decode()
    found = [urlsplit(html.unescape(each)) for each in re.findall(r"<loc>([^<]*)</loc>", said)]
    return [each._replace(scheme="", netloc="").geturl() for each in found]


def test_the_map_names_public_pages_that_all_answer(client, massage, haircut):
    people.change_provider(haircut.provider, active=False)
    parts = locations(client, "/sitemap.xml")
    assert len(parts) == 2
    pages = [page for part in parts for page in locations(client, part)]
    assert {"/", "/find/", "/p/ada/"} <= set(pages)
    assert f"/p/{haircut.provider.slug}/" not in pages
    for page in pages:
        assert client.get(page).status_code == 200


def test_the_map_costs_the_same_however_many_there_are(client, massage, django_assert_num_queries):
    for number in range(12):
        town.provider(town.person(f"P{number}"))
    with django_assert_num_queries(2):
        assert len(locations(client, "/sitemap-practices.xml")) == 13

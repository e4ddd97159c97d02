"""What categories are called, in the language of whoever reads."""

import pytest

from openslot.catalog.models import STARTING, Category

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(ada, massage):
    """Ada stands in one that every installation begins with, and in one of its operator's own."""
    own = Category.objects.create(slug="dowsing", name="Dowsing", position=99)
    ada.provider.categories.set([own, Category.objects.get(slug="massage")])


def names(client, language):
    answer = client.get("/api/categories/", headers={"Accept-Language": language})
    return {each["slug"]: each["name"] for each in answer.json()}


def test_the_names_that_an_installation_begins_with_are_known():
    assert set(STARTING) == set(Category.objects.values_list("name", flat=True))


def test_they_are_said_in_the_language_that_is_asked_for(client, filled):
    assert names(client, "de")["massage"] == "Massage & Wellness"
    assert names(client, "de")["health"] == "Gesundheit & Medizin"
    assert names(client, "en")["health"] == "Health & medicine"


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_the_operator_calls_one_stays(client, filled, language):
    assert names(client, language)["dowsing"] == "Dowsing"


@pytest.mark.parametrize("path", ["/", "/find/"])
def test_pages_say_them_too(client, filled, path):
    page = client.get(path, headers={"Accept-Language": "de"}).content.decode()
    assert "Massage &amp; Wellness" in page
    assert "Massage &amp; wellness" not in page

"""Who is found, in which order, and at what cost."""

from decimal import Decimal

import pytest
from moneyed import Money

from openslot.accounts import people
from openslot.catalog import choice, finding
from openslot.catalog.models import Category, Pricing
from openslot.kernel.errors import Invalid
from tests import town

pytestmark = pytest.mark.django_db


def provider(name, **fields):
    user = town.person(name.split()[0], email=f"{name.lower().replace(' ', '.')}@example.net")
    return town.provider(user, name=name, slug=name.lower().replace(" ", "-"), **fields)


@pytest.fixture
def practices(people):
    elan = provider("Élan Vital", headline="Massage for backs")
    town.service(elan, name="Sports massage", tariff=Money("60", "EUR"))
    town.service(elan, name="Head massage", tariff=Money("30", "EUR"))
    zorn = provider("Zorn Massage", headline="Strong hands")
    town.service(zorn, name="Deep tissue", tariff=Money("80", "EUR"))
    muller = provider("müller Piano", headline="Lessons at home")
    town.service(
        muller,
        name="Lesson",
        duration_minutes=40,
        pricing=Pricing.HOURLY,
        tariff=Money("50", "EUR"),
    )
    return [elan, muller, zorn]


def names(found):
    return [one.name for one in found]


def test_names_are_sorted_without_capitals_and_accents(practices):
    assert names(finding.providers()) == ["Élan Vital", "müller Piano", "Zorn Massage"]
    assert names(finding.providers(ordering="-name"))[0] == "Zorn Massage"


def test_cheapest_first_counts_what_an_hourly_service_costs(practices):
    assert names(finding.providers(ordering="price")) == [
        "Élan Vital",
        "müller Piano",
        "Zorn Massage",
    ]
    assert names(finding.providers(ordering="-price"))[0] == "Zorn Massage"


def test_price_max_is_what_one_booking_costs_rounded(practices):
    assert "müller Piano" in names(finding.providers(price_max=Decimal("33.33")))
    assert "müller Piano" not in names(finding.providers(price_max=Decimal("33.32")))
    assert names(finding.providers(price_max=Decimal(100), currency="USD")) == []


@pytest.fixture
def abroad(practices):
    """Who sells for yen, and who sells for pounds and has something that costs nothing."""
    tokyo = provider("Tokyo Shiatsu")
    town.service(tokyo, name="Shiatsu", tariff=Money("40", "JPY"))
    london = provider("London Lessons")
    town.service(london, name="Lesson", tariff=Money("90", "GBP"))
    town.service(london, name="A first talk", tariff=Money("0", "GBP"))
    return [tokyo, london]


def test_an_amount_is_compared_with_prices_of_one_currency(abroad):
    """Of that in which most sell, where none is named; what costs nothing fits in any."""
    assert choice.offer().currencies == ["EUR", "GBP", "JPY"]
    usual = names(finding.providers(price_max=Decimal(60)))
    assert usual == ["Élan Vital", "London Lessons", "müller Piano"]
    assert usual == names(finding.providers(price_max=Decimal(60), currency="EUR"))
    yen = names(finding.providers(price_max=Decimal(60), currency="JPY"))
    assert yen == ["London Lessons", "Tokyo Shiatsu"]
    assert names(finding.providers(price_max=Decimal(39), currency="JPY")) == ["London Lessons"]


def test_cheapest_first_in_a_currency_puts_others_last(abroad):
    found = names(finding.providers(ordering="price", currency="EUR"))
    assert found[:3] == ["Élan Vital", "müller Piano", "Zorn Massage"]
    assert names(finding.providers(ordering="price", currency="JPY"))[0] == "Tokyo Shiatsu"


def test_a_name_that_holds_the_word_comes_before_a_service_and_a_headline(practices):
    assert names(finding.providers(search="MASSAGE")) == ["Zorn Massage", "Élan Vital"]


def test_every_word_has_to_occur_somewhere(practices):
    assert names(finding.providers(search="elan head")) == ["Élan Vital"]
    assert names(finding.providers(search="elan lesson")) == []


def test_accents_do_not_matter(practices):
    assert names(finding.providers(search="Muller")) == ["müller Piano"]
    assert names(finding.providers(search="ELÁN")) == ["Élan Vital"]


def test_similar_spellings_come_only_where_nothing_matches(practices):
    assert names(finding.providers(search="masage"))  # a typo
    assert names(finding.providers(search="pianno")) == ["müller Piano"]
    assert names(finding.providers(search="xylophone")) == []


def test_wildcards_are_letters(practices):
    assert finding.providers(search="%") == []
    assert finding.providers(search="_____") == []


def test_inactive_providers_and_removed_services_are_not_found(practices):
    elan, _muller, zorn = practices
    elan.services.update(active=False)
    zorn.active = False
    zorn.save()
    assert names(finding.providers(search="head")) == []
    assert names(finding.providers(search="zorn")) == []


def test_categories_are_those_named_and_those_of_active_services(practices):
    elan, muller, zorn = practices
    massage, music = Category.objects.get(slug="massage"), Category.objects.get(slug="music")
    massage.providers.add(zorn)
    elan.services.update(category=massage)
    muller.services.update(category=music, active=False)
    assert names(finding.providers(category="massage")) == ["Élan Vital", "Zorn Massage"]
    assert names(finding.providers(category="music")) == []
    counts = {category.slug: count for category, count in choice.category_counts()}
    assert (counts["massage"], counts["music"]) == (2, 0)
    groups = finding.grouped(finding.providers())
    assert [(group.category.slug, names(group.providers)) for group in groups] == [
        ("massage", ["Élan Vital", "Zorn Massage"])
    ]


def test_a_list_ready_to_be_shown_takes_three_queries(practices, django_assert_num_queries):
    with django_assert_num_queries(3):  # providers, services with categories, named categories
        for one in finding.providers():
            assert finding.services_of(one)[0].location
            finding.categories_of(one)


def test_the_counts_take_two_queries(practices, django_assert_num_queries):
    with django_assert_num_queries(2):  # the pairs, the categories
        choice.category_counts()


def test_an_endless_search_is_refused(practices):
    with pytest.raises(Invalid):
        finding.providers(search="a" * 201)


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("wien", ["Élan Vital"]),  # where they are
        ("köln", ["Zorn Massage"]),  # where a service of theirs takes place
        ("whiplash", ["Élan Vital"]),  # what they say of themselves
        ("scales", ["müller Piano"]),  # what a service is
        ("scale wien", []),
        ("hand", ["Zorn Massage"]),
        ("lessons piano", ["müller Piano"]),
        ("massages", ["Zorn Massage", "Élan Vital"]),  # more than one of what is in the name
    ],
)
def test_place_and_prose_and_other_forms_of_a_word_are_found(practices, words, who):
    elan, muller, zorn = practices
    people.change_provider(elan, location_text="Ring 1, Wien", bio="After a whiplash, or before")
    muller.services.update(about_folded="")
    lesson = muller.services.get()
    lesson.description = "Chords and scales"
    lesson.save()
    tissue = zorn.services.get()
    tissue.location_text = "Domplatz, Köln"
    tissue.save()
    assert names(finding.providers(search=words)) == who


def test_what_is_erased_is_found_no_more(practices):
    elan = practices[0]
    people.change_provider(elan, bio="After a whiplash")
    people.change_provider(elan, bio="")
    assert names(finding.providers(search="whiplash")) == []

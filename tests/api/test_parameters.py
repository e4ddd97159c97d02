"""What stands in a query string: known, and once."""

import pytest

from tests import town
from tests.api.calling import done, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("providers/", "serch=knee", "serch"),
        ("providers/", "category=x&Category=x", "Category"),
        ("providers/", "search=a&search=b", "search"),
        ("providers/", "page_size=5&page_size=6", "page_size"),
        ("providers/ada/", "page_size=5", "page_size"),
        ("categories/", "cursor=x", "cursor"),
        ("appointments/", "stauts=held", "stauts"),
        ("appointments/", "format=json", "format"),
        ("notifications/", "unread=true&unread=false", "unread"),
        ("me/", "=", ""),
    ],
)
def test_one_that_is_not_known_or_given_twice_is_named(path, query, name, asking, ada):
    said = problem(asking(ada)("get", f"{path}?{query}"), 400, "invalid")
    assert said["errors"].keys() == {name}


def test_all_that_are_not_known_are_named_at_once(asking):
    said = problem(asking()("get", "providers/?wings=2&tail=1&search=x"), 400, "invalid")
    assert said["errors"].keys() == {"wings", "tail"}


def test_a_status_may_be_asked_for_several_times(asking, ada, bob, massage):
    town.book(massage.pk, by=bob, start=town.at(10))
    path = "appointments/?status=pending&status=confirmed"
    assert len(done(asking(ada)("get", path))["results"]) == 1


def test_who_may_not_ask_does_not_learn_which_there_are(asking):
    problem(asking()("get", "appointments/?wings=2"), 401, "not_authenticated")


def test_the_links_of_a_page_lead_on(asking, ada, massage, bob):
    for hour in (9, 11, 13):
        town.book(massage.pk, by=bob, start=town.at(hour))
    first = done(asking(ada).get("appointments/", page_size=2, ordering="start"))
    path = first["next"].partition("/api/")[2]
    assert len(done(asking(ada)("get", path))["results"]) == 1


@pytest.mark.parametrize(
    ("path", "hint"), [("appointments/123/", False), ("wings/", False), ("providers", True)]
)
def test_an_address_with_nothing_says_what_is_wrong_with_it_if_anything_is(path, hint, asking):
    said = problem(asking().get(path), 404, "not_found")
    assert ("end with a slash" in said["detail"]) is hint

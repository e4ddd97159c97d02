"""Visitors tell the operators that something is wrong with a provider's page."""

from datetime import timedelta

import pytest
from django.test import Client

from openslot.accounts.models import Listing, Provider, Report, User
from openslot.accounts.operating import listing, reporting
from openslot.kernel.keeping import retention
from openslot.privacy import erasure, taking_along
from tests import town

pytestmark = pytest.mark.django_db
PAGE = "/p/ada/report/"
SAID = {"wrong": "fraud", "text": "Wants money first.", "email": "Val@Example.org"}


def told(client=None, **said):
    return (client or Client()).post(PAGE, SAID | said)


def test_a_report_is_kept_for_the_operators_alone(ada, massage, signed_in):
    page = Client().get("/p/ada/").content.decode()
    assert f'href="{PAGE}"' in page
    answer = told()
    assert (answer.status_code, answer.url) == (302, "/p/ada/")
    [kept] = Report.objects.all()
    assert (kept.wrong, kept.text, kept.email) == ("fraud", SAID["text"], "val@example.org")
    assert SAID["text"] not in str(taking_along.everything(ada))
    assert PAGE not in signed_in(ada).get("/p/ada/").content.decode()  # their own


def test_pressed_twice_it_is_one(massage):
    once = {"once": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}
    browser = Client()
    browser.get(PAGE)
    told(browser, **once)
    told(browser, **once)
    assert Report.objects.count() == 1


@pytest.mark.parametrize("field", [{"wrong": ""}, {"wrong": "x"}, {"email": "no address"}])
def test_what_is_no_report_is_said_beside_its_field(massage, field):
    assert told(**field).status_code == 422
    assert not Report.objects.exists()


def test_a_page_that_nobody_finds_has_nothing_to_report(ada, massage):
    listing.hide(ada.provider)
    assert Client().get(PAGE).status_code == 404
    assert told().status_code == 404


def test_ten_an_hour_from_one_network(massage):
    answers = [told(text=f"{n}").status_code for n in range(11)]
    assert answers == [302] * 10 + [429]
    assert Report.objects.count() == 10


def test_an_operator_reads_it_and_settles_it(bob, ada, massage, signed_in, clock):
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    told()
    client = signed_in(bob)
    assert SAID["text"] in client.get("/admin/accounts/report/").content.decode()
    form = {"action": "settle", "_selected_action": str(Report.objects.get().pk)}
    client.post("/admin/accounts/report/", form)
    assert Report.objects.get().settled_at == town.NOW
    retention.forget(now=town.NOW + timedelta(days=89))
    assert Report.objects.exists()
    retention.forget(now=town.NOW + timedelta(days=91))
    assert not Report.objects.exists()


def test_whoever_is_erased_leaves_no_address_and_no_words(ada, bob, carol):
    town.provider(carol)
    mine = {"wrong": "other", "text": "I am Bob.", "email": bob.email}
    reporting.report(carol.provider, **mine)
    assert taking_along.everything(bob)["reports"][0]["text"] == mine["text"]
    erasure.erase(bob)
    assert [(one.email, one.text) for one in Report.objects.all()] == [("", "")]
    erasure.erase(carol)
    assert not Report.objects.exists()


# The page that shows how everything stands -------------------------------------------------


@pytest.fixture
def operator(bob, signed_in):
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    return signed_in(User.objects.get(pk=bob.pk))


def test_health_says_in_words_what_to_look_at(operator, ada, massage):
    told()
    Provider.objects.update(listing=Listing.WAITING)
    shown = operator.get("/admin/health/").content.decode()
    for words in ("1 wait for your approval", "1 open", "none is alive: no mail leaves"):
        assert words in shown
    assert shown.count("Look at this") == 2
    assert "/admin/health/" in operator.get("/admin/").content.decode()


def test_health_is_for_operators(eve, signed_in):
    assert signed_in(eve).get("/admin/health/").status_code == 302
    assert Client().get("/admin/health/").status_code == 302


def test_health_asks_as_much_as_the_metrics_whatever_there_is(
    operator, django_assert_max_num_queries
):
    operator.get("/admin/health/")
    # session, user, provider, their rights and those of their groups, eleven of the figures
    with django_assert_max_num_queries(16):
        operator.get("/admin/health/")

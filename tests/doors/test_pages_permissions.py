"""Who gets what at every page: a table that no page can stay out of."""

from __future__ import annotations

import pytest
from django.db import transaction

from openslot.appointments.models import Way
from openslot.web import urls
from tests.doors import houses

pytestmark = pytest.mark.django_db

PUBLIC = "200 200 200 200 200"
SIGNED_IN = "login 200 200 200 200"
SIDES = "login 200 404 200 404"
DESK = "login join join 200 200"  # who offers no time yet is led to where that begins
OWN = "login join join 200 404"
DONE = "login join join 302 404"
WRONG = "login join join 422 422"  # an empty form says what is missing
NOT_THUS = "405 405 405 405 405"
LOOKED_AT = "login 405 405 405 405"
UNHEARD_OF = "login 404 404 404 404"  # Google is not set up here
NOWHERE = "404 404 404 404 404"

# The page's name → looking, and sending an empty form: anonymous, Bob, Carol, Ada, Dan.
TABLE = {
    "home": (PUBLIC, PUBLIC),
    "find": (PUBLIC, PUBLIC),
    "provider": (PUBLIC, PUBLIC),
    "report": (PUBLIC, "422 422 422 422 422"),
    "robots": (PUBLIC, NOT_THUS),
    "favicon": ("302 302 302 302 302", NOT_THUS),
    "sitemap": (PUBLIC, NOT_THUS),
    "django.contrib.sitemaps.views.sitemap": (PUBLIC, NOT_THUS),
    "book": ("302 302 302 302 302", "302 302 302 302 302"),  # back to choosing a time
    "hold": ("405 405 405 405 405", "200 200 200 200 200"),
    "book_several": ("302 302 302 302 302", "302 302 302 302 302"),  # likewise
    "series": (SIDES, NOT_THUS),
    "series_extend": (SIDES, "login 422 404 422 404"),
    "appointments": (SIGNED_IN, SIGNED_IN),
    "appointment": (SIDES, SIDES),
    "appointment_file": (SIDES, LOOKED_AT),
    "reschedule": (SIDES, "login 422 404 422 404"),
    "propose": ("login 404 404 200 404", "login 404 404 422 404"),  # the provider alone
    "invitation": ("login 302 404 302 404", "login 404 404 404 404"),  # whom a guest's address is
    "act": (SIDES, "login 302 404 302 404"),
    "guest_keep": ("302 302 302 302 302", "302 302 302 302 302"),
    # who came by no link, or is signed in already
    "guest_account": ("404 302 302 302 302", "404 302 302 302 302"),
    "guest_links": (PUBLIC, "422 422 422 422 422"),
    "guest_appointment": (PUBLIC, NOT_THUS),  # whoever has the link
    "guest_reschedule": (PUBLIC, "422 422 422 422 422"),
    "guest_file": (PUBLIC, NOT_THUS),
    "guest_act": (PUBLIC, "302 302 302 302 302"),
    "embed": (PUBLIC, NOT_THUS),
    "embed_book": ("302 302 302 302 302", "302 302 302 302 302"),  # back to choosing a time
    "embed_booked": (NOWHERE, NOT_THUS),  # no such link
    "own_site_code": (DESK, NOT_THUS),
    "own_site": (DESK, DONE.replace("404", "302")),
    "own_words": (DESK, DONE.replace("404", "302")),
    "own_words_of": (DESK, DONE.replace("404", "302")),
    "webhooks": (DESK, NOT_THUS),
    "webhook_new": (DESK, WRONG.replace("404", "422")),
    "webhook": (OWN, WRONG.replace("422 422", "422 404")),
    "webhook_rotate": (NOT_THUS, DONE),
    "webhook_test": (NOT_THUS, DONE),
    "webhook_remove": (NOT_THUS, DONE),
    "webhook_retry": (NOT_THUS, DONE),
    "language": (NOT_THUS, "302 302 302 302 302"),
    "profile": (SIGNED_IN, "login 422 422 422 422"),
    "me_photo": ("login 405 405 405 405", "login 422 422 422 422"),
    "me_export": (SIGNED_IN, SIGNED_IN),
    "me_erase": (SIGNED_IN, "login 302 302 302 302"),
    "become_provider": ("login 200 200 302 302", "login 422 422 302 302"),
    "requests": (DESK, NOT_THUS),
    "why_not": (DESK, NOT_THUS),
    "time_off_change": (OWN, WRONG.replace("422 422", "422 404")),
    "bookings": (DESK, NOT_THUS),
    "bookings_csv": (DESK, NOT_THUS),
    "analytics": (DESK, NOT_THUS),
    "analytics_csv": (DESK, NOT_THUS),
    "accept_request": (NOT_THUS, DONE),
    "answer_requests": (NOT_THUS, DONE.replace("404", "302")),
    "clocks": (DESK, NOT_THUS),
    "answer_clocks": (NOT_THUS, DONE.replace("404", "302")),
    "decline_request": (NOT_THUS, DONE),
    "agenda": (DESK, NOT_THUS),
    "planner": (DESK, NOT_THUS),
    "planner_events": ("login join join 400 400", NOT_THUS),
    "services": (DESK, NOT_THUS),
    "service_new": (DESK, WRONG),
    "service": (OWN, "login join join 422 404"),
    "service_remove": (NOT_THUS, DONE),
    "questions": (OWN, "login join join 422 404"),
    "question": (OWN, "login join join 422 404"),
    "question_remove": (NOT_THUS, DONE),
    "question_up": (NOT_THUS, DONE),
    "hours": (DESK, WRONG),
    "special_hours": (NOT_THUS, WRONG),
    "special_hours_remove": (NOT_THUS, DONE),
    "time_off": (DESK, NOT_THUS),
    "time_off_take": (DESK, WRONG),
    "time_off_many": (DESK, NOT_THUS),
    "time_off_file": (NOT_THUS, WRONG),
    "time_off_take_many": (NOT_THUS, DONE.replace("404", "302")),  # nothing was shown: back to that
    "time_off_give_back": (NOT_THUS, DONE),
    "provider_profile": (DESK, WRONG),
    "booking_rules": (DESK, WRONG),
    "provider_photo": (NOT_THUS, WRONG),
    "customers": (DESK, NOT_THUS),
    "customer": (OWN, DONE),
    "customer_merge": (NOT_THUS, DONE),
    "provider_book": (DESK, WRONG),
    "notifications": (SIGNED_IN, LOOKED_AT),
    "notifications_unread": ("204 200 200 200 200", NOT_THUS),
    "notifications_read_all": (LOOKED_AT, "login 302 302 302 302"),
    "notification": (LOOKED_AT, "login 404 404 302 404"),  # it is Ada's
    "notification_preferences": (SIGNED_IN, "login 302 302 302 302"),
    "feed_show": ("login 302 302 302 302", "login 302 302 302 302"),
    "feed_renew": (LOOKED_AT, "login 302 302 302 302"),
    "feed": (PUBLIC, NOT_THUS),  # whoever has the secret
    "unsubscribe": (PUBLIC, PUBLIC),
    "calendar": (UNHEARD_OF, UNHEARD_OF),
    "calendar_connect": (UNHEARD_OF, UNHEARD_OF),
    "calendar_callback": (UNHEARD_OF, UNHEARD_OF),
    "calendar_sync": (UNHEARD_OF, UNHEARD_OF),
    "calendar_leave": (UNHEARD_OF, UNHEARD_OF),
    "calendar_answer": (UNHEARD_OF, UNHEARD_OF),
    "media": ("404 404 404 404 404", NOT_THUS),  # no such photo
    "look": (PUBLIC, PUBLIC),
    "mailbox": (PUBLIC, NOT_THUS),
    "mailbox_mail": (NOWHERE, NOT_THUS),  # no such mail
    "mailbox_html": (NOWHERE, NOT_THUS),
    "mailbox_part": (NOWHERE, NOT_THUS),
}
PAGES = {pattern.name: route for route, pattern in houses.routes(urls.urlpatterns).items()}
PAGES["home"] = ""


def test_every_page_stands_in_the_table():
    assert set(PAGES) == set(TABLE), "say in TABLE who may see it"


def got(house, who, method, route, given):
    """The answer in a word; what it changed is taken back."""
    with transaction.atomic():
        client = houses.browser(house["people"][who])
        answer = getattr(client, method)("/" + houses.filled(route, given))
        way = Way.LINK if route.startswith("guest/") else Way.PAGE
        assert houses.ways(house) <= {way}, "this write does not say by what way it came"
        transaction.set_rollback(True)
    where = answer.headers.get("Location", "")
    if where.startswith("/accounts/login/"):
        return "login", answer
    return ("join" if where == "/provider/new/" else str(answer.status_code)), answer


@pytest.mark.parametrize("name", TABLE)
def test_everybody_gets_what_the_table_says(name, house):
    route = PAGES[name]
    given = houses.parameters(route, house)
    for method, expected in zip(("get", "post"), TABLE[name], strict=True):
        words = [got(house, who, method, route, given)[0] for who in houses.WHO]
        assert " ".join(words) == expected, method


BOOKING = {"book", "book_several", "embed_book"}  # whoever asks chooses a time first
PRIVATE = [name for name, route in PAGES.items() if "<uuid:" in route and name not in BOOKING]


@pytest.mark.parametrize("name", PRIVATE)
def test_strangers_do_not_learn_whether_it_exists(name, house):
    given = houses.parameters(PAGES[name], house)
    for who in ("anonymous", "carol", "dan"):
        for method in ("get", "post"):
            word, real = got(house, who, method, PAGES[name], given)
            other, none = got(house, who, method, PAGES[name], houses.nobody_s(given))
            assert word == other
            assert real.status_code != 404 or houses.bare(real) == houses.bare(none)

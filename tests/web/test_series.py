"""Series and dependents as pages: chosen in words, shown before they are booked, changed whole."""

from __future__ import annotations

import pytest

from openslot.accounts.models import Confirmation
from openslot.appointments.changing import answers, rescheduling, time_off
from openslot.appointments.models import Appointment, Series
from openslot.availability.models import SpecialHours
from openslot.catalog import offering
from tests import town
from tests.web.pages import act, address, said, several

pytestmark = pytest.mark.usefixtures("far")


@pytest.fixture
def weekly(haircut, bob):
    """Bob's haircut at Dan's, confirmed, four Mondays at 11:00 in Berlin."""
    return town.book_series(haircut.pk, by=bob, start=town.at(9), recurrence="FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def occurrences(weekly):
    return list(weekly.occurrences.order_by("series_start"))


def statuses(of):
    return [each.status for each in of.occurrences.order_by("series_start")]


# Booking


def test_the_booking_page_asks_how_often_in_words(signed_in, bob, massage):
    page = said(signed_in(bob).get(address(massage)))
    for words in ("Repeat", "Every week", "Every 2 weeks", "Where a date is not free"):
        assert words in page
    assert "whole course" not in page


def test_the_dates_are_shown_with_reasons_and_the_total(signed_in, bob, carol, massage):
    town.booked(massage, carol, town.at(8, day=7))
    page = said(several(signed_in(bob), massage))
    assert "Every week on Monday at 10:00, 4 times" in page
    for words in ("Mon 1 Apr 2030", "Mon 22 Apr 2030", "Already taken", "3 of 4", "€150.00"):
        assert words in page
    assert "Book 3 appointments" in page
    assert not Series.objects.exists()


def test_what_was_shown_is_booked(signed_in, bob, massage):
    answer = several(signed_in(bob), massage, "post", notes="Left shoulder")
    made = Series.objects.get()
    assert answer.url == f"/series/{made.pk}/"
    assert [each.notes for each in made.occurrences.all()] == ["Left shoulder"] * 4


def test_a_date_that_clashes_may_go_to_the_nearest_time(signed_in, bob, carol, massage):
    town.booked(massage, carol, town.at(8, day=7))
    page = said(several(signed_in(bob), massage, clashes="shift"))
    assert "Instead of 10:00 (already taken)" in page
    assert "Book 4 appointments" in page


def test_nothing_is_booked_where_one_says_so(signed_in, bob, carol, massage):
    town.booked(massage, carol, town.at(8, day=7))
    client = signed_in(bob)
    page = said(several(client, massage, clashes="fail"))
    assert "Nothing is booked while dates clash" in page
    assert "Book 3 appointments" not in page
    answer = several(client, massage, "post", clashes="fail")
    assert answer.status_code == 409
    assert "Not every date of the series is free" in said(answer)
    assert not Series.objects.exists()


def test_until_a_date_counts_instead_of_the_number(signed_in, bob, massage):
    page = said(several(signed_in(bob), massage, until="2030-04-15"))
    assert "until 15 April 2030" in page
    assert "Book 3 appointments" in page


def test_pressing_twice_books_one_series(signed_in, bob, massage):
    client = signed_in(bob)
    first = several(client, massage, "post", clashes="shift", once="a key")
    second = several(client, massage, "post", clashes="shift", once="a key")
    assert first.url == second.url
    assert Appointment.objects.count() == 4


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"times": ""}, "Say how many times, or until when"),
        ({"times": "53"}, "less than or equal to 52"),
        ({"times": "1"}, "greater than or equal to 2"),
        ({"times": "six"}, "whole number"),
        ({"repeat": "secondly"}, "valid choice"),
        ({"clashes": "perhaps"}, "valid choice"),
        ({"until": "tomorrow"}, "valid date"),
        ({"until": "9999-12-31"}, "too far away"),
        ({"until": "2030-03-01"}, "before the start"),
        ({"until": "2040-03-01"}, "more than"),
        ({"notes": "x" * 2001}, "at most 2000"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_makes_no_sense_is_said(signed_in, bob, massage, method, fields, words):
    answer = several(signed_in(bob), massage, method, **fields)
    assert answer.status_code == 422
    assert words in said(answer)
    assert not Series.objects.exists()


def test_one_time_only_goes_back_to_the_booking_page(signed_in, bob, massage):
    assert several(signed_in(bob), massage, repeat="").url.startswith(
        address(massage).split("?")[0]
    )


def test_a_provider_is_told_to_say_for_whom(signed_in, ada, massage):
    answer = several(signed_in(ada), massage)
    assert answer.status_code == 422
    assert "who the appointment is for" in said(answer)


def test_a_date_says_why_it_cannot_be_had(signed_in, bob, dan, haircut):
    time_off.take(dan.provider, by=dan, start=town.at(0, day=7), end=town.at(0, day=8))
    dan.provider.booking_window_days = 20
    dan.provider.save()
    page = said(several(signed_in(bob), haircut))
    assert "The provider is away at that time" in page
    assert "That is too far ahead: this provider can be booked 20 days ahead" in page


# The series page


def test_the_series_says_its_rule_its_dates_and_what_was_left_out(
    signed_in, bob, dan, carol, haircut
):
    town.booked(haircut, carol, town.at(9, day=7))
    made = town.book_series(
        haircut.pk,
        by=bob,
        start=town.at(9),
        recurrence="FREQ=WEEKLY;COUNT=4",
        on_conflict="skip",
    )
    for who in (bob, dan):
        page = said(signed_in(who).get(f"/series/{made.pk}/"))
        assert "Every week on Monday at 11:00, 4 times" in page
        assert "1 left out" in page
        assert "Another appointment stood there" in page
        for each in made.occurrences.all():
            assert f"/appointments/{each.pk}/" in page


def test_what_was_left_out_can_be_booked_by_itself_while_it_is_offered(
    signed_in, clock, bob, dan, carol, haircut
):
    town.booked(haircut, carol, town.at(9, day=7))
    rule = "FREQ=WEEKLY;COUNT=3"
    made = town.book_series(
        haircut.pk, by=bob, start=town.at(9), recurrence=rule, on_conflict="skip"
    )
    here = f"/series/{made.pk}/"
    day = f"/p/dan/?service={haircut.pk}&day=2030-04-08"
    book = (
        f"/provider/book/?service={haircut.pk}&customer={made.customer_id}"
        "&date=2030-04-08&time=11%3A00"
    )
    for who, way in ((bob, day), (dan, book)):
        client = signed_in(who)
        assert way.replace("&", "&amp;") in said(client.get(here))
        assert client.get(way).status_code == 200
    page = said(signed_in(dan).get(book))
    assert f'<option value="{haircut.pk}" selected>' in page
    haircut.active = False
    haircut.save()
    assert "See that day" not in said(signed_in(bob).get(here))
    assert "Book another time" in said(signed_in(dan).get(here))
    clock.move_to(town.at(9, day=7))
    assert "Book another time" not in said(signed_in(dan).get(here))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("slot_unavailable", "Outside the hours, away or busy then, or too far ahead"),
        ("customer_busy", "You had another appointment at that time"),
        ("prerequisite_missing", "Consultation did not come the right number of days before"),
        ("limit_reached", "Too many requests were open"),
        ("unheard_of", "Cannot be booked"),
    ],
)
def test_why_a_date_was_left_out_is_said_as_far_as_it_is_known(
    signed_in, bob, weekly, haircut, consultation, code, words
):
    haircut.requires, haircut.requires_min_days, haircut.requires_max_days = consultation, 1, 9
    haircut.save()
    Series.objects.update(skipped=[{"start": "2030-04-29T09:00:00+00:00", "reason": code}])
    assert words in said(signed_in(bob).get(f"/series/{weekly.pk}/"))


def test_a_series_costs_the_same_however_long(signed_in, bob, weekly, django_assert_num_queries):
    client = signed_in(bob)
    # session, user, provider of the user, the series, its appointments
    with django_assert_num_queries(5):
        client.get(f"/series/{weekly.pk}/")


def test_strangers_find_no_series(signed_in, client, eve, weekly):
    stranger = signed_in(eve)
    for path in (f"/series/{weekly.pk}/", f"/series/{weekly.pk}/extend/"):
        assert stranger.get(path).status_code == 404
        assert client.get(path).status_code == 302
    assert stranger.post(f"/series/{weekly.pk}/extend/", {"count": 2}).status_code == 404
    assert weekly.occurrences.count() == 4


def test_twelve_more_are_shown_and_booked(signed_in, bob, dan, weekly):
    path = f"/series/{weekly.pk}/extend/"
    assert f"{path}?count=12" in said(signed_in(bob).get(f"/series/{weekly.pk}/"))
    page = said(signed_in(bob).get(path, {"count": "12"}))
    assert "Mon 29 Apr 2030" in page
    assert "Book 12 more" in page
    answer = signed_in(dan).post(path, {"count": "12", "clashes": "skip"})
    assert answer.url == f"/series/{weekly.pk}/"
    assert weekly.occurrences.count() == 16


def test_pressing_more_twice_books_them_once(signed_in, bob, weekly):
    client, path = signed_in(bob), f"/series/{weekly.pk}/extend/"
    asked = {"count": "2", "clashes": "skip", "rule": weekly.recurrence, "once": "a key"}
    assert f'name="rule" value="{weekly.recurrence}"' in said(client.get(path, {"count": "2"}))
    for _ in range(2):
        answer = client.post(path, asked, follow=True)
        assert answer.redirect_chain[0][0] == f"/series/{weekly.pk}/"
        assert "The series goes on" in said(answer)
    assert weekly.occurrences.count() == 6


@pytest.mark.parametrize("other", [{}, {"count": "3"}, {"rule": "nonsense"}])
def test_a_page_drawn_before_the_series_went_on_books_no_more_of_it(signed_in, bob, weekly, other):
    """Somebody has two of them open: each has a key of its own."""
    client, path = signed_in(bob), f"/series/{weekly.pk}/extend/"
    asked = {"count": "2", "clashes": "skip", "rule": weekly.recurrence}
    client.post(path, asked | {"once": "one key"})
    answer = client.post(path, asked | {"once": "another"} | other, follow=True)
    assert "changed in the meantime" in said(answer)
    assert weekly.occurrences.count() == 6


@pytest.mark.parametrize("fields", [{"count": ""}, {"count": "999"}, {"until": "1999-01-01"}])
def test_an_extension_that_makes_no_sense_is_said(signed_in, bob, weekly, fields):
    client, path = signed_in(bob), f"/series/{weekly.pk}/extend/"
    assert client.get(path, fields).status_code == 422
    assert client.post(path, fields).status_code == 422
    assert weekly.occurrences.count() == 4


# One of several


def test_an_appointment_says_which_of_its_series_it_is(signed_in, bob, weekly, occurrences):
    page = said(signed_in(bob).get(f"/appointments/{occurrences[2].pk}/"))
    assert f'<a href="/series/{weekly.pk}/">3 of 4 in a series</a>' in page
    assert 'name="scope"' in page


def test_this_and_what_follows_is_cancelled(signed_in, bob, weekly, occurrences):
    answer = act(signed_in(bob), occurrences[1], "cancel", scope="following")
    assert answer.url == f"/series/{weekly.pk}/"
    assert statuses(weekly) == ["confirmed", "cancelled", "cancelled", "cancelled"]


def test_only_this_one_is_cancelled_where_nothing_is_said(signed_in, bob, weekly, occurrences):
    answer = act(signed_in(bob), occurrences[1], "cancel")
    assert answer.url == f"/appointments/{occurrences[1].pk}/"
    assert statuses(weekly).count("cancelled") == 1


def test_a_scope_that_is_none_is_refused_beside_it(signed_in, bob, weekly, occurrences):
    answer = act(signed_in(bob), occurrences[1], "cancel", scope="some")
    assert answer.status_code == 422
    assert "valid choice" in said(answer)
    assert "cancelled" not in statuses(weekly)


def test_a_whole_series_is_accepted(signed_in, ada, bob, massage):
    made = town.book_series(massage.pk, by=bob, start=town.at(8), recurrence="FREQ=WEEKLY;COUNT=3")
    first = made.occurrences.order_by("start").first()
    client = signed_in(ada)
    assert "Accept all" in said(client.get(f"/series/{made.pk}/"))
    page = said(client.get(f"/appointments/{first.pk}/accept/?scope=all"))
    assert 'value="all"' in page
    act(client, first, "accept", scope="all")
    assert statuses(made) == ["confirmed"] * 3


def test_all_are_moved_by_the_same(signed_in, bob, weekly, occurrences):
    client = signed_in(bob)
    page = said(
        client.get(f"/appointments/{occurrences[0].pk}/reschedule/?at=2030-04-02T10:00:00Z")
    )
    assert '<select class="form-select" id="id_scope_bar" name="scope">' in page
    act(client, occurrences[0], "reschedule", start="2030-04-02T10:00:00Z", scope="all")
    starts = [each.start for each in weekly.occurrences.order_by("start")]
    assert starts == [town.at(10, day=day) for day in (1, 8, 15, 22)]


def test_a_date_in_the_way_is_listed_and_nothing_moves(
    signed_in, bob, carol, haircut, weekly, occurrences
):
    town.booked(haircut, carol, town.at(12, day=7))
    answer = act(
        signed_in(bob), occurrences[0], "reschedule", start="2030-04-01T12:00:00Z", scope="all"
    )
    assert answer.status_code == 409
    page = said(answer)
    assert "Mon 8 Apr 2030, 14:00" in page
    assert "Already taken" in page
    assert 'name="start" value="2030-04-01T12:00:00Z"' in page
    occurrences[0].refresh_from_db()
    assert occurrences[0].start == town.at(9)


# A series among the requests


@pytest.fixture
def asked(massage, bob):
    """Bob asks Ada for four Mondays at ten."""
    return town.book_series(massage.pk, by=bob, start=town.at(8), recurrence="FREQ=WEEKLY;COUNT=4")


def first_of(made):
    return made.occurrences.order_by("start")[0]


def test_a_series_is_one_request_wherever_requests_are_counted(signed_in, ada, asked):
    client = signed_in(ada)
    assert "One request waits for your answer" in said(client.get("/"))
    page = said(client.get("/provider/requests/"))
    assert page.count("<article") == 1
    for words in (
        "Every week on Monday at 10:00, 4 times",
        "4 dates",
        "Mon 1 Apr</time>",
        "Mon 22 Apr</time>",
        "€200.00",
        "Accept all 4",
        "Decline all 4 dates",
        f'href="/series/{asked.pk}/">Choose dates',
    ):
        assert words in page
    assert 'class="count">1<' in page
    assert said(client.get("/provider/agenda/?on=2030-04-03")).count('id="request-') == 1


def test_all_of_a_series_is_accepted_in_place(signed_in, ada, asked):
    client, first = signed_in(ada), first_of(asked)
    url, fields = f"/provider/requests/{first.pk}/accept/", {"scope": "all", "version": "1"}
    answer = client.post(url, fields, headers={"HX-Request": "true"})
    for words in ("Accepted 4 dates. Bob Test gets a mail.", "4 dates", f"/series/{asked.pk}/"):
        assert words in said(answer)
    assert "Accepted 4 dates" in answer["HX-Trigger"]
    assert statuses(asked) == ["confirmed"] * 4
    assert "Nothing to answer" in said(client.get("/provider/requests/"))


def test_all_of_a_series_is_declined_without_scripts(signed_in, ada, asked):
    url = f"/provider/requests/{first_of(asked).pk}/decline/"
    fields = {"scope": "all", "version": "1", "reason": "Away"}
    answer = signed_in(ada).post(url, fields, follow=True)
    assert "Declined 4 dates. Bob Test gets a mail." in said(answer)
    assert statuses(asked) == ["declined"] * 4


def test_of_a_series_in_part_answered_the_rest_is_one_request(signed_in, ada, asked):
    client, dates = signed_in(ada), list(asked.occurrences.order_by("start"))
    answers.accept(dates[0].pk, by=ada)
    page = said(client.get("/provider/requests/"))
    for words in ("3 of 4 dates", "Accept all 3", "Mon 8 Apr</time>", "€150.00"):
        assert words in page
    series_page = said(client.get(f"/series/{asked.pk}/"))
    assert f'href="/appointments/{dates[1].pk}/accept/?scope=all">Accept all' in series_page
    for each in dates[1:3]:
        answers.decline(each.pk, by=ada)
    page = said(client.get("/provider/requests/"))
    assert f'The only one of <a href="/series/{asked.pk}/">a series of 4</a> that waits' in page
    assert "Accept all" not in page


def test_a_series_that_changed_meanwhile_is_shown_as_it_waits_now(signed_in, ada, asked):
    first = first_of(asked)
    answers.accept(first.pk, by=ada)
    url, fields = f"/provider/requests/{first.pk}/accept/", {"scope": "all", "version": "1"}
    page = said(signed_in(ada).post(url, fields, headers={"HX-Request": "true"}))
    assert "Accept all 3" in page
    assert statuses(asked) == ["confirmed", "pending", "pending", "pending"]


def test_a_new_time_for_one_of_a_series_is_a_request_of_its_own(signed_in, ada, bob, asked):
    first = first_of(asked)
    answers.accept(first.pk, by=ada)
    rescheduling.reschedule(first.pk, by=bob, start=town.at(12))
    client = signed_in(ada)
    page = said(client.get("/provider/requests/"))
    assert page.count("<article") == 2
    assert "New time" in page
    assert "Accept all 3" in page
    assert "2 requests wait for your answer" in said(client.get("/"))


@pytest.mark.parametrize("count", [1, 3])
def test_requests_cost_the_same_however_many_series_wait(
    signed_in, ada, bob, massage, count, django_assert_num_queries
):
    for hour in range(count):
        rule = "FREQ=WEEKLY;COUNT=4"
        town.book_series(massage.pk, by=bob, start=town.at(8 + hour), recurrence=rule)
    client = signed_in(ada)
    # session, user, provider, count, requests, their series, the badge
    with django_assert_num_queries(7):
        client.get("/provider/requests/")


def test_who_asked_for_a_series_sees_one_that_waits(signed_in, ada, bob, asked):
    page = said(signed_in(bob).get("/appointments/?show=pending"))
    assert page.count("<article") == 1
    for words in ("Every week on Monday at 10:00, 4 times", "4 dates", "€200.00", "See its dates"):
        assert words in page
    assert "Accept all" in said(signed_in(ada).get("/appointments/?show=pending"))
    assert said(signed_in(bob).get("/appointments/")).count("<article") == 4


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_the_same_however_many_series(
    signed_in, bob, massage, count, django_assert_num_queries
):
    for hour in range(count):
        rule = "FREQ=WEEKLY;COUNT=4"
        town.book_series(massage.pk, by=bob, start=town.at(8 + hour), recurrence=rule)
    client = signed_in(bob)
    # session, user, provider of the user, count, requests, their series, invitations
    with django_assert_num_queries(7):
        client.get("/appointments/?show=pending")


def test_requests_are_answered_alone_without_scripts(signed_in, ada, bob, massage):
    ada.provider.confirmation = Confirmation.MANUAL
    ada.provider.save()
    made = town.book_series(massage.pk, by=bob, start=town.at(8), recurrence="FREQ=WEEKLY;COUNT=2")
    first = made.occurrences.order_by("start").first()
    signed_in(ada).post(f"/provider/requests/{first.pk}/accept/")
    assert statuses(made) == ["confirmed", "pending"]


def test_a_service_that_is_booked_one_by_one_offers_no_series(signed_in, bob, haircut, weekly):
    offering.change(haircut, recurring=False)
    browser = signed_in(bob)
    assert "Repeat" not in said(browser.get(address(haircut)))
    answer = several(browser, haircut, "post")
    assert answer.status_code == 422
    assert "one appointment at a time" in said(answer)
    assert "12 more" not in said(browser.get(f"/series/{weekly.pk}/"))
    assert "12 more" in said(signed_in(haircut.provider.user).get(f"/series/{weekly.pk}/"))


def test_a_provider_unticks_that_customers_book_series(signed_in, ada, massage):
    desk = signed_in(ada)
    path = f"/provider/services/{massage.pk}/"
    form = desk.get(path).context["form"]
    sent = {name: value for name, value in form.initial.items() if value not in {None, ""}}
    assert sent.pop("recurring") is True
    assert desk.post(path, sent).status_code == 302
    massage.refresh_from_db()
    assert not massage.recurring


def test_each_date_that_was_left_out_says_why_it_was(signed_in, ada, bob, massage, haircut):
    """Closed on one Tuesday, away on another: two reasons, as the preview said them."""
    SpecialHours.objects.create(provider=ada.provider, date=town.at(0, day=8).date())
    time_off.take(ada.provider, by=ada, start=town.at(6, day=15), end=town.at(20, day=15))
    made = town.book_series(
        massage.pk,
        by=bob,
        start=town.at(8, day=1),
        recurrence="FREQ=WEEKLY;COUNT=4",
        on_conflict="skip",
    )
    page = said(signed_in(bob).get(f"/series/{made.pk}/"))
    told = [each["detail"].rstrip(".") for each in made.skipped]
    assert len(set(told)) == 2
    assert all(each in page for each in told)

import pytest

from openslot.appointments.changing import answers, cancelling, rescheduling
from openslot.appointments.models import Appointment
from tests import town


def path(appointment, action=""):
    return f"/appointments/{appointment.pk}/" + (f"{action}/" if action else "")


def post(client, appointment, action, **fields):
    return client.post(path(appointment, action), {"version": appointment.version} | fields)


def test_the_list_shows_upcoming_waiting_and_past(
    signed_in, bob, request_of_bob, visit_of_bob, clock
):
    client = signed_in(bob)
    upcoming = client.get("/appointments/").content.decode()
    assert path(request_of_bob) in upcoming
    assert path(visit_of_bob) in upcoming
    waiting = client.get("/appointments/?show=pending").content.decode()
    assert path(request_of_bob) in waiting
    assert path(visit_of_bob) not in waiting
    assert "Nothing here yet" in client.get("/appointments/?show=past").content.decode()
    clock.move_to(town.at(12))
    assert path(visit_of_bob) in client.get("/appointments/?show=past").content.decode()


def test_what_was_called_off_is_no_past_and_a_proposal_waits(signed_in, ada, bob, massage):
    made = town.booked(massage, bob, town.at(8, day=2))
    answers.accept(made.pk, by=ada)
    rescheduling.reschedule(made.pk, by=ada, start=town.at(9, day=2), propose=True)
    client = signed_in(bob)
    assert path(made) in client.get("/appointments/?show=pending").content.decode()
    cancelling.cancel(made.pk, by=ada)
    assert path(made) in client.get("/appointments/?show=off").content.decode()
    assert path(made) not in client.get("/appointments/?show=past").content.decode()


def test_series_stand_in_a_list_of_their_own(
    signed_in, ada, bob, massage, django_assert_num_queries
):
    rule = "FREQ=WEEKLY;COUNT=3"
    for hour in (7, 8, 9):
        made = town.book_series(massage.pk, by=bob, start=town.at(hour, day=1), recurrence=rule)
    client = signed_in(bob)
    # session, user, provider of the user, how many, the series, invitations
    with django_assert_num_queries(6):
        page = client.get("/appointments/?show=series").content.decode()
    assert page.count("3 to come") == 3
    assert f"/series/{made.pk}/" in page
    assert "Every week on Tuesday at 11:00, 3 times" in page
    assert "Test" in signed_in(ada).get("/appointments/?show=series").content.decode()


def test_the_past_comes_in_pages(signed_in, bob, massage, clock):
    for day in range(25):
        town.booked(massage, bob, town.at(8, day=day))
    clock.move_to(town.at(8, day=30))
    client = signed_in(bob)
    first = client.get("/appointments/?show=past").content.decode()
    assert first.count('class="appointment ') == 20
    second = client.get("/appointments/?show=past&page=2").content.decode()
    assert second.count('class="appointment ') == 5


def test_a_list_costs_the_same_however_long(signed_in, bob, massage, django_assert_num_queries):
    for day in range(10):
        town.booked(massage, bob, town.at(8, day=day))
    client = signed_in(bob)
    # session, user, provider of the user, count, appointments, invitations
    with django_assert_num_queries(6):
        client.get("/appointments/")


def test_an_appointment_costs_few_queries(
    signed_in, bob, request_of_bob, django_assert_num_queries
):
    client = signed_in(bob)
    # session, user, provider of the user, the appointment, its history, what depends on it
    with django_assert_num_queries(6):
        client.get(path(request_of_bob))


def test_strangers_find_nothing(signed_in, client, eve, request_of_bob):
    stranger = signed_in(eve)
    assert stranger.get(path(request_of_bob)).status_code == 404
    for action in ("cancel", "accept", "reschedule", "notes", "complete"):
        assert stranger.get(path(request_of_bob, action)).status_code == 404
        assert post(stranger, request_of_bob, action).status_code == 404
    assert client.get(path(request_of_bob)).status_code == 302
    assert client.get("/appointments/").status_code == 302
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "pending"


def test_the_provider_accepts_where_the_request_is_shown(signed_in, ada, request_of_bob):
    client = signed_in(ada)
    assert "Accept" in client.get(path(request_of_bob)).content.decode()
    answer = client.post(
        path(request_of_bob, "accept"), {"version": request_of_bob.version}, follow=True
    )
    assert "Accepted. Bob Test gets a mail." in answer.content.decode()
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "confirmed"


def test_the_customer_has_no_button_to_accept(signed_in, bob, request_of_bob):
    client = signed_in(bob)
    assert ">Accept<" not in client.get(path(request_of_bob)).content.decode()
    answer = post(client, request_of_bob, "accept")
    assert answer.status_code == 409
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "pending"


def test_cancelling_asks_first_and_names_the_consequence(signed_in, bob, request_of_bob):
    client = signed_in(bob)
    question = client.get(path(request_of_bob, "cancel")).content.decode()
    assert "gets a mail, and the time is free again" in question
    post(client, request_of_bob, "cancel", reason="A train strike")
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "cancelled"
    page = client.get(path(request_of_bob)).content.decode()
    assert "You cancelled" in page
    assert "A train strike" in page


def test_a_stale_page_changes_nothing_and_says_so(signed_in, bob, ada, request_of_bob):
    answers.accept(request_of_bob.pk, by=ada)
    answer = signed_in(bob).post(
        path(request_of_bob, "cancel"), {"version": request_of_bob.version}, follow=True
    )
    assert "It was changed in the meantime" in answer.content.decode()
    request_of_bob.refresh_from_db()
    assert request_of_bob.status == "confirmed"


def test_what_is_over_cannot_be_done_again(signed_in, ada, request_of_bob):
    answers.decline(request_of_bob.pk, by=ada)
    answer = signed_in(ada).post(path(request_of_bob, "accept"), follow=True)
    assert "not possible any more" in answer.content.decode()


def test_too_late_is_told_before_it_is_tried(signed_in, bob, visit_of_bob):
    provider = visit_of_bob.provider
    provider.cancellation_notice_hours = 24
    provider.save()
    client = signed_in(bob)
    page = client.get(path(visit_of_bob)).content.decode()
    assert "It could be moved or cancelled until" in page
    assert ">Cancel<" not in page
    assert post(client, visit_of_bob, "cancel").status_code == 409


def test_moving_picks_from_the_same_times(signed_in, bob, visit_of_bob):
    client = signed_in(bob)
    page = client.get(
        path(visit_of_bob, "reschedule") + "?at=2030-04-02T08:00:00Z"
    ).content.decode()
    assert "Move to" in page
    post(client, visit_of_bob, "reschedule", start="2030-04-02T08:00:00Z")
    visit_of_bob.refresh_from_db()
    assert visit_of_bob.start == town.at(8, day=1)


def test_its_own_time_is_free_to_move_into(signed_in, bob, request_of_bob):
    """An hour at ten: half past nine and half past ten overlap it, and can be had."""
    client = signed_in(bob)
    page = client.get(path(request_of_bob, "reschedule")).content.decode()
    for start in ("07%3A30", "08%3A30"):
        assert f"at=2030-04-01T{start}%3A00Z" in page
    assert "at=2030-04-01T08%3A00%3A00Z" not in page  # where it stands
    post(client, request_of_bob, "reschedule", start="2030-04-01T08:30:00Z")
    request_of_bob.refresh_from_db()
    assert request_of_bob.start == town.at(8, 30)


def test_a_new_time_is_proposed_and_accepted(signed_in, bob, ada, request_of_bob):
    answers.accept(request_of_bob.pk, by=ada)
    request_of_bob.refresh_from_db()
    answer = signed_in(bob).post(
        path(request_of_bob, "reschedule"),
        {"version": request_of_bob.version, "start": "2030-04-02T08:00:00Z"},
        follow=True,
    )
    page = answer.content.decode()
    assert "until then both times are kept" in page
    assert "Take the proposal back" in page
    request_of_bob.refresh_from_db()
    ours = signed_in(ada)
    assert "Accept the new time" in ours.get(path(request_of_bob)).content.decode()
    post(ours, request_of_bob, "accept")
    request_of_bob.refresh_from_db()
    assert request_of_bob.start == town.at(8, day=1)
    assert "accepted the new time" in ours.get(path(request_of_bob)).content.decode()


def test_a_proposal_is_declined_or_taken_back(signed_in, bob, ada, request_of_bob):
    for who, action in ((bob, "decline"), (ada, "withdraw")):
        rescheduling.reschedule(request_of_bob.pk, by=ada, start=town.at(9, day=2), propose=True)
        request_of_bob.refresh_from_db()
        post(signed_in(who), request_of_bob, action)
        request_of_bob.refresh_from_db()
        assert request_of_bob.proposed is None
        assert request_of_bob.start == town.at(8)


def test_the_provider_moves_to_any_time_in_the_zone_shown(signed_in, ada, request_of_bob):
    new = {"start": "2030-04-06T20:15", "anyway": "2030-04-06T18:15:00Z"}  # outside the hours
    post(signed_in(ada), request_of_bob, "reschedule", **new)
    request_of_bob.refresh_from_db()
    assert request_of_bob.start == town.at(18, 15, day=5)


def test_a_taken_time_is_refused_in_words(signed_in, bob, carol, visit_of_bob, haircut):
    town.booked(haircut, carol, town.at(12))
    answer = post(signed_in(bob), visit_of_bob, "reschedule", start="2030-04-01T12:00:00Z")
    assert answer.status_code == 409
    assert "just taken" in answer.content.decode()


def test_after_its_start_the_provider_says_how_it_went(signed_in, dan, visit_of_bob, clock):
    client = signed_in(dan)
    assert post(client, visit_of_bob, "complete").status_code == 409  # too early
    clock.move_to(town.at(10))
    page = client.get(path(visit_of_bob)).content.decode()
    assert "It took place" in page
    assert "Nobody came" in page
    post(client, visit_of_bob, "no-show")
    visit_of_bob.refresh_from_db()
    assert visit_of_bob.status == "no_show"


def test_both_sides_write_the_notes(signed_in, ada, bob, request_of_bob):
    post(signed_in(bob), request_of_bob, "notes", notes="Left shoulder")
    request_of_bob.refresh_from_db()
    post(signed_in(ada), request_of_bob, "notes", notes="Left shoulder, warm up first")
    page = signed_in(bob).get(path(request_of_bob)).content.decode()
    assert "warm up first" in page
    assert "changed the notes" in page


@pytest.mark.parametrize(
    "action", ["book", "expire", "accept_proposal", "accept-proposal", "nonsense"]
)
def test_no_other_verb_has_an_address(signed_in, ada, request_of_bob, action):
    assert signed_in(ada).get(path(request_of_bob, action)).status_code == 404
    assert post(signed_in(ada), request_of_bob, action).status_code == 404
    assert Appointment.objects.get().version == 1


def test_a_provider_says_on_the_page_where_it_takes_place(signed_in, dan, bob, visit_of_bob):
    desk = signed_in(dan)
    page = f"/appointments/{visit_of_bob.pk}/"
    assert 'name="location"' in desk.get(page).content.decode()
    assert 'name="location"' not in signed_in(bob).get(page).content.decode()
    answer = desk.post(f"{page}place/", {"version": 1, "location": "Side door"}, follow=True)
    assert "Side door" in answer.content.decode()
    visit_of_bob.refresh_from_db()
    assert visit_of_bob.location_text == "Side door"
    refused = signed_in(bob).post(f"{page}place/", {"version": 2, "location": "At mine"})
    assert refused.status_code == 409
    visit_of_bob.refresh_from_db()
    assert visit_of_bob.location_text == "Side door"

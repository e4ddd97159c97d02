"""The secret calendar address, and appointments as files."""

import pytest
from icalendar import Calendar

from openslot.appointments.changing import cancelling, editing
from openslot.kernel.errors import NotFound
from openslot.notifications import feed
from openslot.notifications.models import Feed
from tests import town


def secret(address):
    return address.removesuffix(".ics").rpartition("/feeds/")[2]


def test_a_feed_holds_what_is_active_in_both_parts(massage, haircut, bob, ada):
    mine = town.booked(haircut, ada, town.at(9))
    asked = town.booked(massage, bob, town.at(11))
    gone = town.booked(massage, bob, town.at(13))
    cancelling.cancel(gone.pk, by=bob)
    calendar = Calendar.from_ical(feed.read(secret(feed.address(ada))))
    found = {str(each["UID"]): each for each in calendar.walk("VEVENT")}
    assert set(found) == {f"{mine.pk}@openslot", f"{asked.pk}@openslot"}
    assert str(found[f"{mine.pk}@openslot"]["SUMMARY"]) == "Haircut: Dan's practice"
    assert str(found[f"{asked.pk}@openslot"]["SUMMARY"]) == "Massage: Bob Test"
    assert str(found[f"{asked.pk}@openslot"]["STATUS"]) == "TENTATIVE"
    assert "METHOD" not in calendar


def test_the_address_stays_until_it_is_renewed(bob):
    first = feed.address(bob)
    assert feed.address(bob) == first
    second = feed.renew(bob)
    assert second != first
    assert feed.address(bob) == second
    with pytest.raises(NotFound):
        feed.read(secret(first))
    assert feed.read(secret(second))


def test_the_database_alone_opens_no_feed(bob, settings):
    feed.address(bob)
    kept = Feed.objects.get(user=bob)
    for made_up in (kept.key, f"{kept.key}.", f"{kept.key}.{'A' * 43}", "", "x", "\x00.y"):
        with pytest.raises(NotFound):
            feed.read(made_up)


def test_a_feed_costs_three_queries(bob, haircut, django_assert_num_queries):
    for hour in (8, 9, 10):
        town.booked(haircut, bob, town.at(hour))
    mine = secret(feed.address(bob))
    with django_assert_num_queries(3):  # the feed with its person, what is ahead, what is over
        feed.read(mine)


def test_the_feed_is_served_to_whoever_has_it_and_to_nobody_else(client, bob, haircut):
    town.booked(haircut, bob, town.at(9))
    answer = client.get(f"/feeds/{secret(feed.address(bob))}.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in answer.content
    assert client.get("/feeds/nonsense.ics").status_code == 404
    assert client.post(f"/feeds/{secret(feed.address(bob))}.ics").status_code == 405


def test_whatever_somebody_is_called_and_notes_down_the_calendar_can_be_read(massage, bob, ada):
    for user in (bob, ada):
        user.first_name = "Eve\r\nEND:VEVENT\r\n\x07Bell;"
        user.save()
    asked = town.booked(massage, bob, town.at(11))
    editing.annotate(asked.pk, by=bob, notes="one\r\nEND:VCALENDAR\x0b\x1b two")
    for reader in (bob, ada):
        calendar = feed.read(secret(feed.address(reader)))
        assert not set(calendar.decode()) & (set(map(chr, range(32))) - set("\r\n"))
        (found,) = Calendar.from_ical(calendar).walk("VEVENT")
        assert str(found["DESCRIPTION"]) == "one\nEND:VCALENDAR\n two"
        assert b"\r\nX-WR-CALNAME:OpenSlot: Eve END:VEVENT Bell\\; Test\r\n" in calendar


def test_what_is_to_come_goes_before_what_is_over(bob, haircut, clock):
    over = [town.booked(haircut, bob, town.at(hour)) for hour in (8, 9)]
    ahead = town.booked(haircut, bob, town.at(9, day=1))
    clock.move_to(town.at(12))
    calendar = Calendar.from_ical(feed.read(secret(feed.address(bob)), most=2))
    found = [str(each["UID"]) for each in calendar.walk("VEVENT")]
    assert found == [f"{over[1].pk}@openslot", f"{ahead.pk}@openslot"]


def test_a_feed_that_stayed_the_same_is_not_sent_again(client, bob, haircut):
    visit = town.booked(haircut, bob, town.at(9))
    path = f"/feeds/{secret(feed.address(bob))}.ics"
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    editing.annotate(visit.pk, by=bob, notes="Shorter")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200

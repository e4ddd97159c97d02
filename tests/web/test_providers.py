import html
import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from openslot.accounts.models import Provider
from openslot.appointments.free.weeks import memory
from tests import town
from tests.doors import houses


def page_of(client, query=""):
    return client.get(f"/p/ada/{query}").content.decode()


def test_the_page_names_services_with_price_and_length(client, ada, massage):
    town.service(ada.provider, name="Advice", duration_minutes=90, pricing="hourly")
    page = page_of(client)
    assert "Massage" in page
    assert "€50.00" in page
    assert "1 h 30 min" in page
    assert "€75.00" in page


def test_a_single_service_shows_its_free_times_at_once(client, massage):
    page = page_of(client)
    assert "Monday 1 April" in page
    assert "at=2030-04-01T07%3A00%3A00Z" in page
    assert ">09:00<" in page


def test_days_with_room_are_marked_and_others_are_not(client, ada, massage):
    ada.provider.working_hours.exclude(weekday=3).delete()  # Wednesdays
    page = page_of(client)
    assert "Wednesday 3 April, 8 free" in page or "Wednesday 3 April, 15 free" in page
    assert "Tuesday 2 April," not in page


def test_a_chosen_time_is_said_whole_with_one_button(client, massage):
    page = page_of(client, "?at=2030-04-02T07:30:00Z&zone=Europe/Berlin")
    assert "booking-bar" in page
    assert "Tue 2 Apr" in page
    assert "Europe/Berlin" in page
    assert f"/p/ada/{massage.pk}/book/?zone=Europe%2FBerlin&amp;at=2030-04-02T07%3A30%3A00Z" in page


def test_times_are_shown_in_the_readers_zone_and_both_are_said(client, signed_in, massage):
    page = signed_in(town.person("Kim", timezone="America/New_York")).get(
        "/p/ada/?at=2030-04-01T14:00:00Z"
    )
    text = page.content.decode()
    assert "10:00" in text
    assert "Mon 1 Apr, 16:00 in Europe/Berlin" in text


@pytest.mark.parametrize("page", ["/p/ada/", "/find/"])
def test_a_visitor_sees_the_providers_zone_by_name_whatever_the_browser_says_of_its_own(
    page, client, massage
):
    first = client.get(page).content.decode()
    assert ">09:00<" in first.replace("</span>09:00", ">09:00")
    assert "Europe/Berlin" in first
    for told in ("Asia/Tokyo", "Not/AZone"):
        client.cookies["timezone"] = told
        again = client.get(page).content.decode()
        assert houses.bare(client.get(page)) == houses.bare(client.get(page))
        assert again.count("Europe/Berlin") == first.count("Europe/Berlin")
        assert again.count("09:00") == first.count("09:00")


def test_every_link_from_a_time_shows_it_in_the_same_zone(client, massage):
    found = client.get("/find/").content.decode()
    href = re.search(r'class="slot slot-day" href="([^"]+)"', found)[1]
    client.cookies["timezone"] = "Asia/Tokyo"
    chosen = client.get(html.unescape(href)).content.decode()
    assert "Tue 2 Apr, " in chosen or "Mon 1 Apr, " in chosen
    assert "09:00" in chosen
    booking = html.unescape(re.search(r'href="(/p/ada/[^"]+/book/[^"]+)"', chosen)[1])
    text = client.get(booking).content.decode()
    assert "09:00" in text
    assert "Europe/Berlin" in text


def test_who_is_signed_in_sees_cards_in_their_own_zone(signed_in, massage):
    page = signed_in(town.person("Kim", timezone="America/New_York")).get("/find/")
    assert "America/New_York" in page.content.decode()
    assert "03:00" in page.content.decode()


def test_what_was_booked_in_a_chosen_zone_is_shown_in_it_and_the_own_one_is_said(
    signed_in, massage, bob
):
    client = signed_in(bob)
    path = f"/p/ada/{massage.pk}/book/"
    form = {"at": "2030-04-02T07:30:00Z", "zone": "Asia/Tokyo", "notes": ""}
    page = client.post(path, form, follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0].endswith("?booked=1&zone=Asia%2FTokyo")
    assert "Times in Asia/Tokyo" in text
    assert "16:30" in text
    assert f"in {bob.timezone}, your time zone" in text


def test_lists_and_pages_of_appointments_name_their_zone(signed_in, massage, bob, ada):
    made = town.book(massage.pk, by=bob, start=town.at(10))
    type(bob).objects.filter(pk=bob.pk).update(timezone="Pacific/Kiritimati")
    client = signed_in(bob)
    for page in ("/", "/appointments/", f"/appointments/{made.pk}/"):
        assert "Times in Pacific/Kiritimati" in client.get(page).content.decode()


def test_months_are_walked_by_links(client, ada, massage):
    page = page_of(client)
    assert "since=2030-05-01" in page
    later = page_of(client, "?since=2030-05-01")
    assert "May" in later
    assert "Wednesday 1 May" in later
    assert "since=2030-04-01" in later


def test_a_month_without_room_leads_to_the_soonest_time(client, ada, massage):
    ada.provider.working_hours.all().delete()
    ada.provider.special_hours.create(date="2030-05-06", spans=[["09:00", "12:00"]])
    page = page_of(client, "?since=2030-04-01")
    assert "Nothing free in April" in page
    assert "Soonest: Mon 6 May" in page
    assert "day=2030-05-06" in page


def test_without_any_hours_the_page_says_so(client, ada, massage):
    ada.provider.working_hours.all().delete()
    assert "No free time can be booked at the moment" in page_of(client)


def test_htmx_swaps_the_picker_alone(client, massage):
    part = client.get(
        "/p/ada/?day=2030-04-03", headers={"HX-Request": "true", "HX-Target": "booking"}
    )
    assert part.content.decode().strip().startswith('<div id="booking">')


def test_who_is_not_listed_has_no_page(client, ada, massage):
    Provider.objects.update(active=False)
    assert client.get("/p/ada/").status_code == 404
    assert client.get("/p/nobody/").status_code == 404


def test_the_picker_costs_the_same_whatever_is_chosen(client, massage, django_assert_num_queries):
    client.get("/p/ada/")
    for rows in ("few", "many"):
        if rows == "many":
            _fill(massage)
        memory.forget()
        # provider, its services; revision, hours, free time: of the soonest, and of the month
        with django_assert_num_queries(8):
            client.get(f"/p/ada/?service={massage.pk}")
        with django_assert_num_queries(4):  # the revisions alone
            client.get(f"/p/ada/?service={massage.pk}")
        with django_assert_num_queries(3):
            client.get(f"/p/ada/?service={massage.pk}&day=2030-04-03")


def _fill(massage):
    """More of everything that the page reads."""
    for n in range(5):
        town.service(massage.provider, name=f"More {n}")
        town.booked(massage, town.person(f"Kay{n}"), town.at(8 + n, day=1))


def test_a_zone_that_is_none_is_not_chosen(client, massage):
    assert "Europe/Berlin" in page_of(client, "?zone=Mars")
    at = "at=2030-04-02T07:30:00Z"
    assert "09:30" in page_of(client, f"?{at}&zone=Mars/Phobos")
    assert client.get(f"/p/ada/{massage.pk}/book/?{at}&zone=Mars").status_code == 200
    assert client.get("/p/ada/?day=Mars&zone=Mars").status_code == 404


def test_the_month_after_the_window_is_not_offered(client, ada, massage):
    Provider.objects.update(booking_window_days=10)
    assert "since=2030-05-01" not in page_of(client)


def test_a_month_in_the_past_is_the_present_one(client, massage):
    assert "April" in page_of(client, "?day=2020-01-01")
    assert timezone.now() == datetime(2030, 4, 1, 6, tzinfo=UTC)


def test_a_week_shows_the_times_of_each_of_its_days(client, massage, django_assert_num_queries):
    path = f"/p/ada/?service={massage.pk}&day=2030-04-03"
    client.get(path)
    with django_assert_num_queries(3):  # provider, its services, the revision: as a day does
        page = client.get(f"{path}&view=week").content.decode()
    assert page.count('class="week-times-day"') == 7
    assert 'aria-label="09:00, Thursday 4 April"' in page
    assert "view=week&amp;at=2030-04-04T07%3A00%3A00Z" in page
    assert 'class="week-times"' not in client.get(path).content.decode()
    assert client.get(f"{path}&view=year").status_code == 404


def test_a_provider_of_several_services_says_their_hours_and_next_times(client, massage):
    town.service(massage.provider, name="Advice")
    page = client.get("/p/ada/").content.decode()
    assert page.count('class="slot slot-day"') == 3
    assert "<dt>Monday</dt><dd>09:00–17:00</dd>" in page
    assert "By the clock of Europe/Berlin." in page

"""Google's own Python client against the emulator: an independent judge of what it answers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from openslot.devtools.google import CLIENT_ID, CLIENT_SECRET

BERLIN = ZoneInfo("Europe/Berlin")
ADA = "ada@gmail.test"
MONDAY = datetime(2030, 4, 1, 9, 0, tzinfo=UTC)


def credentials(google, email=ADA):
    tokens = google.tokens(email)
    return Credentials(
        tokens.access_token,
        refresh_token=tokens.refresh_token,
        token_uri=f"{google.url}/token",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )


@pytest.fixture
def calendar(google):
    with build(
        "calendar",
        "v3",
        static_discovery=True,
        credentials=credentials(google),
        client_options={"api_endpoint": f"{google.url}/calendar/v3/"},
    ) as client:
        yield client


def lasting(start, hours=1, **fields):
    end = start + timedelta(hours=hours)
    times = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
    return {"summary": "Massage", **times, **fields}


def insert(calendar, **fields):
    return calendar.events().insert(calendarId="primary", body=lasting(MONDAY, **fields)).execute()


def listed(calendar, **query):
    return calendar.events().list(calendarId="primary", singleEvents=True, **query).execute()


def refused(call):
    with pytest.raises(HttpError) as caught:
        call.execute()
    return caught.value.status_code, caught.value.error_details[0]["reason"]


def test_an_event_is_made_read_changed_and_deleted(calendar):
    made = insert(calendar, id="abc12345")

    assert made["start"] == {"dateTime": "2030-04-01T11:00:00+02:00", "timeZone": "Europe/Berlin"}
    events = calendar.events()
    assert events.get(calendarId="primary", eventId="abc12345").execute() == made
    changed = events.patch(
        calendarId="primary", eventId="abc12345", body={"location": "Room 2"}
    ).execute()
    assert (changed["location"], changed["summary"]) == ("Room 2", "Massage")
    assert changed["etag"] != made["etag"]
    replaced = events.update(
        calendarId="primary", eventId="abc12345", body=lasting(MONDAY + timedelta(hours=2))
    ).execute()
    assert "location" not in replaced
    assert replaced["sequence"] == 1
    events.delete(calendarId="primary", eventId="abc12345").execute()
    assert events.get(calendarId="primary", eventId="abc12345").execute()["status"] == "cancelled"
    delete = events.delete(calendarId="primary", eventId="abc12345")
    assert refused(delete) == (410, "deleted")


def test_an_id_is_taken_for_ever(calendar):
    insert(calendar, id="abc12345")
    again = calendar.events().insert(calendarId="primary", body=lasting(MONDAY, id="abc12345"))

    assert refused(again) == (409, "duplicate")
    calendar.events().delete(calendarId="primary", eventId="abc12345").execute()
    assert refused(again) == (409, "duplicate")
    patch = calendar.events().patch(calendarId="primary", eventId="abc12345", body={})
    assert refused(patch) == (403, "forbidden")


def test_a_write_with_an_old_etag_is_refused(google, calendar):
    made = insert(calendar)
    google.account(ADA).patch(made["id"], colorId="3")
    patch = calendar.events().patch(calendarId="primary", eventId=made["id"], body={"summary": "x"})
    patch.headers["If-Match"] = made["etag"]

    assert refused(patch) == (412, "conditionNotMet")


def test_a_patch_merges_objects_and_null_removes(calendar):
    made = insert(calendar, extendedProperties={"private": {"appt": "1", "rev": "1"}})
    body = {"extendedProperties": {"private": {"rev": "2", "appt": None}}, "summary": None}
    changed = calendar.events().patch(calendarId="primary", eventId=made["id"], body=body).execute()

    assert changed["extendedProperties"] == {"private": {"rev": "2"}}
    assert "summary" not in changed


def test_a_sync_token_brings_what_has_changed_since(google, calendar):
    ada = google.account(ADA)
    kept, moved, gone = (insert(calendar)["id"] for _ in range(3))
    token = listed(calendar)["nextSyncToken"]
    ada.move(moved, MONDAY + timedelta(days=1))
    ada.delete(gone)

    answer = listed(calendar, syncToken=token)
    assert {one["id"]: one["status"] for one in answer["items"]} == {
        moved: "confirmed",
        gone: "cancelled",
    }
    assert "start" not in answer["items"][1]
    assert not listed(calendar, syncToken=answer["nextSyncToken"])["items"]
    assert {one["id"] for one in listed(calendar)["items"]} == {kept, moved}


def test_only_the_last_page_has_a_sync_token_and_pages_are_of_one_moment(google, calendar):
    ids = [insert(calendar)["id"] for _ in range(5)]
    first = listed(calendar, maxResults=2)
    later = insert(calendar)["id"]
    second = listed(calendar, maxResults=2, pageToken=first["nextPageToken"])
    third = listed(calendar, maxResults=2, pageToken=second["nextPageToken"])

    assert "nextSyncToken" not in first
    assert "nextSyncToken" not in second
    pages = first["items"] + second["items"] + third["items"]
    assert [one["id"] for one in pages] == ids
    news = listed(calendar, syncToken=third["nextSyncToken"])
    assert [one["id"] for one in news["items"]] == [later]


def test_a_sync_token_that_is_too_old_wants_everything_again(google, calendar):
    token = listed(calendar)["nextSyncToken"]
    google.expire_sync_tokens()

    call = calendar.events().list(calendarId="primary", singleEvents=True, syncToken=token)
    assert refused(call) == (410, "fullSyncRequired")


@pytest.mark.parametrize(
    "query",
    [
        {"timeMin": "2030-04-01T00:00:00Z"},
        {"updatedMin": "2030-04-01T00:00:00Z"},
        {"privateExtendedProperty": "appt=1"},
        {"orderBy": "updated"},
        {"showDeleted": False},
        {"singleEvents": False},
    ],
)
def test_a_sync_token_stands_alone(calendar, query):
    token = listed(calendar)["nextSyncToken"]
    query = {"singleEvents": True, "syncToken": token} | query

    assert refused(calendar.events().list(calendarId="primary", **query))[0] == 400


def test_an_ordered_list_has_no_sync_token(calendar):
    assert "nextSyncToken" not in listed(calendar, orderBy="startTime")


def test_a_window_holds_what_touches_it(calendar):
    insert(calendar)
    day = {"timeMin": "2030-04-01T10:00:00Z", "timeMax": "2030-04-02T00:00:00Z"}
    morning = {"timeMin": "2030-04-01T09:59:00Z", "timeMax": "2030-04-01T10:00:00Z"}

    assert not listed(calendar, **day)["items"]  # it ends at 10:00
    assert listed(calendar, **morning)["items"]


def test_a_series_keeps_its_wall_clock_over_the_change(google, calendar):
    google.account(ADA).insert(
        "Yoga",
        datetime(2030, 3, 25, 9, tzinfo=BERLIN),
        datetime(2030, 3, 25, 10, tzinfo=BERLIN),
        recurrence=["RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20300408T090000"],
    )

    starts = [one["start"]["dateTime"] for one in listed(calendar)["items"]]
    assert starts == ["2030-03-25T09:00:00+01:00", "2030-04-01T09:00:00+02:00"]


def test_an_instance_moves_and_goes_by_itself(google, calendar):
    ada = google.account(ADA)
    master = ada.insert(
        "Yoga",
        datetime(2030, 4, 1, 9, tzinfo=BERLIN),
        datetime(2030, 4, 1, 10, tzinfo=BERLIN),
        recurrence=["RRULE:FREQ=DAILY"],
    )
    window = {"timeMin": "2030-04-01T00:00:00Z", "timeMax": "2030-04-05T00:00:00Z"}
    full = listed(calendar, **window)
    one, two, three, four = (each["id"] for each in full["items"])
    ada.move(two, datetime(2030, 4, 2, 12, tzinfo=UTC))
    ada.delete(three)

    news = listed(calendar, syncToken=full["nextSyncToken"])["items"]
    assert [(each["id"], each["status"]) for each in news] == [
        (two, "confirmed"),
        (three, "cancelled"),
    ]
    assert news[0]["originalStartTime"]["dateTime"] == "2030-04-02T09:00:00+02:00"
    assert [each["id"] for each in listed(calendar, **window)["items"]] == [one, two, four]
    instances = calendar.events().instances(calendarId="primary", eventId=master["id"], **window)
    assert [each["id"] for each in instances.execute()["items"]] == [one, two, four]


def test_a_series_that_is_cut_short_tells_which_instances_went(google, calendar):
    ada = google.account(ADA)
    master = ada.insert(
        "Yoga",
        datetime(2030, 4, 1, 9, tzinfo=BERLIN),
        datetime(2030, 4, 1, 10, tzinfo=BERLIN),
        recurrence=["RRULE:FREQ=DAILY;COUNT=4"],
    )
    full = listed(calendar, timeMin="2030-04-01T00:00:00Z", timeMax="2030-05-01T00:00:00Z")
    ada.patch(master["id"], recurrence=["RRULE:FREQ=DAILY;COUNT=2"])

    news = listed(calendar, syncToken=full["nextSyncToken"])["items"]
    assert [each["status"] for each in news] == ["confirmed"] * 2 + ["cancelled"] * 2


def test_all_day_events_have_dates_and_an_exclusive_end(google, calendar):
    ada = google.account(ADA)
    ada.insert("Fair", date(2030, 4, 2), date(2030, 4, 4))

    (event,) = listed(calendar)["items"]
    assert (event["start"], event["end"]) == ({"date": "2030-04-02"}, {"date": "2030-04-04"})


def test_a_meet_link_is_asked_for_and_made_a_moment_later(google, calendar):
    google.slow_meet(5)
    key = {"type": "hangoutsMeet"}
    asked = {"createRequest": {"requestId": "r1", "conferenceSolutionKey": key}}
    body = lasting(MONDAY, conferenceData=asked)
    ignored = calendar.events().insert(calendarId="primary", body=body).execute()
    made = (
        calendar.events().insert(calendarId="primary", body=body, conferenceDataVersion=1).execute()
    )

    assert "conferenceData" not in ignored
    assert made["conferenceData"]["createRequest"]["status"] == {"statusCode": "pending"}
    token = listed(calendar)["nextSyncToken"]
    google.advance(seconds=6)
    (event,) = listed(calendar, syncToken=token)["items"]
    assert event["conferenceData"]["createRequest"]["status"] == {"statusCode": "success"}
    assert event["hangoutLink"].startswith("https://meet.google.com/")
    changed = calendar.events().patch(
        calendarId="primary", eventId=made["id"], body={"summary": "x"}
    )
    assert changed.execute()["hangoutLink"] == event["hangoutLink"]


def test_an_event_goes_to_another_calendar_under_its_id(google, calendar):
    other = google.add_calendar(ADA, "Practice")
    made = insert(calendar)
    google.account(ADA).move_to(made["id"], other)

    events = calendar.events()
    assert events.get(calendarId="primary", eventId=made["id"]).execute()["status"] == "cancelled"
    assert events.get(calendarId=other, eventId=made["id"]).execute()["status"] == "confirmed"


def test_the_list_of_calendars_says_what_one_may_do(google, calendar):
    google.account("ben@gmail.test")
    google.share("ben@gmail.test", ADA, "freeBusyReader")
    google.account("ben@gmail.test").insert("Secret", MONDAY, MONDAY + timedelta(hours=1))

    roles = {
        one["id"]: one["accessRole"] for one in calendar.calendarList().list().execute()["items"]
    }
    assert roles == {ADA: "owner", "ben@gmail.test": "freeBusyReader"}
    (event,) = calendar.events().list(calendarId="ben@gmail.test").execute()["items"]
    assert "summary" not in event
    insert_there = calendar.events().insert(calendarId="ben@gmail.test", body=lasting(MONDAY))
    assert refused(insert_there) == (403, "requiredAccessLevel")


def test_private_properties_find_an_event(calendar):
    made = insert(calendar, extendedProperties={"private": {"appt": "7"}})
    insert(calendar)

    (found,) = listed(calendar, privateExtendedProperty="appt=7")["items"]
    assert found["id"] == made["id"]


def test_every_access_token_dies_and_is_refreshed(google, calendar):
    google.expire_access_tokens()

    assert not listed(calendar)["items"]
    (refresh,) = google.calls("/token")
    assert refresh.body["grant_type"] == ["refresh_token"]


def test_a_revoked_grant_is_invalid_for_good(google):
    ours = credentials(google)
    google.revoke(ADA)

    with pytest.raises(RefreshError) as caught:
        ours.refresh(Request())
    assert "invalid_grant" in str(caught.value)
    assert not caught.value.retryable


def test_rotation_brings_a_new_refresh_token_and_ends_the_old_one(google):
    google.identity.rotation = True
    ours = credentials(google)
    first = ours.refresh_token
    ours.refresh(Request())

    assert ours.refresh_token != first
    old = credentials(google)
    old._refresh_token = first
    with pytest.raises(RefreshError):
        old.refresh(Request())


def test_googles_own_library_believes_its_id_tokens(google):
    claims = id_token.verify_token(
        google.id_token(ADA),
        Request(),
        audience=CLIENT_ID,
        certs_url=f"{google.url}/oauth2/v1/certs",
    )

    assert (claims["email"], claims["iss"]) == (ADA, "https://accounts.google.com")


def test_what_google_does_not_describe_is_refused_and_remembered(google, calendar):
    body = lasting(MONDAY, colour="red")

    assert refused(calendar.events().insert(calendarId="primary", body=body))[0] == 400
    assert google.violations
    google.violations.clear()


def test_a_token_is_good_for_its_scopes_alone(google):
    tokens = google.tokens(ADA, scopes="openid https://www.googleapis.com/auth/calendar.freebusy")
    client = build(
        "calendar",
        "v3",
        static_discovery=True,
        credentials=Credentials(tokens.access_token),
        client_options={"api_endpoint": f"{google.url}/calendar/v3/"},
    )

    call = client.events().list(calendarId="primary")
    assert refused(call) == (403, "insufficientPermissions")
    client.close()

"""To Google's consent page and back: what is kept, and what is not."""

import time

import pytest

from openslot.sync import errors
from openslot.sync.connecting import connect
from openslot.sync.models import Connection, State
from tests import town
from tests.sync import town_square

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.test"


def finish(user, given):
    return connect.finish(
        by=user, **{k: given[k] for k in ("state", "code", "error") if k in given}
    )


def test_the_primary_calendar_is_target_and_blocks_until_its_owner_chooses(hers):
    [calendar] = hers.connection.calendars.all()
    assert (calendar.google_id, calendar.is_target, calendar.blocks) == (ADA, True, True)
    assert hers.connection.state == State.ACTIVE
    assert hers.connection.email == ADA


def test_of_a_customer_it_blocks_nothing_and_less_is_asked_for(his):
    [calendar] = his.connection.calendars.all()
    assert (calendar.is_target, calendar.blocks) == (True, False)
    assert not [one for one in his.connection.scopes if one.endswith("freebusy")]


def test_tokens_stand_nowhere_in_clear(hers, django_assert_num_queries):
    [grant] = hers.google.identity.grants
    [refresh] = grant.refresh_tokens
    row = Connection.objects.values().get()
    assert refresh not in repr(row)
    assert row["refresh_token"].startswith("gAAAA")
    assert not [one for one in hers.google.identity.access if one in repr(row)]


def test_what_is_sealed_for_one_row_does_not_open_in_another(hers, his):
    stolen = Connection.objects.get(user=hers.user).refresh_token
    Connection.objects.filter(user=his.user).update(refresh_token=stolen)
    his.step(urgent=True)
    assert his.connection.state == State.NEEDS_RECONNECT


def test_27_a_permission_that_was_unticked_is_named_and_nothing_is_kept(configured, ada):
    given = town_square.consented(configured, ada, ADA, untick=["calendar.events.owned"])
    with pytest.raises(errors.PermissionsMissing, match="events on calendars you own"):
        finish(ada, given)
    assert not Connection.objects.exists()


def test_27_who_denies_is_told_that_they_cancelled(configured, ada):
    given = town_square.consented(configured, ada, ADA, deny=True)
    with pytest.raises(errors.Denied, match="You cancelled"):
        finish(ada, given)
    assert not configured.calls("/token")


@pytest.mark.parametrize("how", ["unknown", "used", "old", "another person's"])
def test_27_a_state_that_is_not_theirs_now_leads_nowhere(how, configured, ada, bob, clock):
    given = town_square.consented(configured, ada, ADA)
    who = ada
    if how == "unknown":
        given["state"] = "x" * 43
    elif how == "used":
        finish(ada, given)
    elif how == "old":
        clock.shift(601)
    else:
        who = bob
    configured.forget_requests()
    with pytest.raises(errors.BadState):
        finish(who, given)
    assert not configured.calls("/token")


def test_27_a_code_for_another_verifier_is_worth_nothing(configured, ada):
    one = town_square.consented(configured, ada, ADA)
    other = town_square.consented(configured, ada, ADA)
    with pytest.raises(errors.GoogleTrouble):
        finish(ada, {"state": other["state"], "code": one["code"]})
    assert not Connection.objects.exists()


def test_another_account_is_noticed_and_not_taken_silently(hers):
    given = town_square.consented(hers.google, hers.user, "other@gmail.test")
    with pytest.raises(errors.OtherAccount, match=r"other@gmail\.test"):
        finish(hers.user, given)
    assert hers.connection.email == ADA


def test_a_refresh_token_that_google_renews_is_kept(hers, clock):
    hers.google.identity.rotation = True
    hers.google.expire_access_tokens()
    hers.look()
    hers.google.expire_access_tokens()
    clock.shift(7200)
    hers.look()
    assert hers.connection.state == State.ACTIVE


def test_nobody_waits_long_in_a_browser_for_google(configured, ada):
    """The list of calendars can come later."""
    given = town_square.consented(configured, ada, ADA)
    configured.fault("calendar.calendarList.list", status=503, times=1)
    begun = time.perf_counter()
    finish(ada, given)
    assert time.perf_counter() - begun < 5
    town_square.work()
    assert Connection.objects.get().calendars.filter(is_target=True).exists()


def test_what_is_to_come_is_shown_as_soon_as_it_is_connected(configured, ada, massage, bob):
    town.booked(massage, bob, town.at(8))
    pair = town_square.connected(configured, ada, ADA)
    assert pair.event()["summary"] == "Massage: Bob Test"

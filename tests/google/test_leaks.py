"""The look-out for tokens sees what it is there to see."""

import logging

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import transaction
from procrastinate.contrib.django import app

from tests.fakes.google import watching

ADA = "ada@gmail.test"

pytestmark = pytest.mark.django_db


def in_a_log(token, _user):
    logging.getLogger("openslot.sync").debug("asked with %s", token)


def in_a_trace(token, _user):
    try:
        int(token)
    except ValueError:
        logging.getLogger("django.request").exception("Failed")


def in_a_job(token, _user):
    app.configure_task("openslot.nothing").defer(token=token)


def in_a_table(token, user):
    SocialAccount.objects.create(user=user, uid="1", provider="google", extra_data={"t": token})


def in_the_cache(token, _user):
    cache.set("x", {"token": token})


def in_a_session(token, _user):
    session = SessionStore()
    session["token"] = token
    session.save()


@pytest.mark.parametrize(
    "put", [in_a_log, in_a_trace, in_a_job, in_a_table, in_the_cache, in_a_session]
)
def test_a_token_in_clear_is_seen(request, google, bob, put):
    watch = request.node.stash[watching]
    token = google.tokens(ADA).access_token
    assert not watch.leaks()
    with transaction.atomic():
        put(token, bob)
        found = watch.leaks()
        transaction.set_rollback(True)
    watch.lines.clear()  # what was put is gone again, or this test would fail by itself

    assert found
    assert token not in str(found)

"""Text that is folded for searching, and secrets that are masked in what is written down."""

import logging
import sys

import pytest
from django.conf import settings

from openslot.kernel import folding, masking, privacy
from openslot.kernel.models import KeptAnswer


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Élan  Vital", "elan vital"),
        (" Straße\t7\n", "strasse 7"),
        ("ØRSTED Łódź Đorđe", "orsted lodz dorde"),
        ("Œuvre Ægir Þór Ðan", "oeuvre aegir thor dan"),
        ("ﬁne ①", "fine 1"),
        ("", ""),
    ],
)
def test_people_find_words_without_capitals_and_accents(text, plain):
    assert folding.folded(text) == plain


def test_only_the_first_letters_of_a_long_text_are_kept(ada):
    ada.provider.name = "É" * 120
    column = next(
        each for each in ada.provider._meta.fields if isinstance(each, folding.FoldedField)
    )
    setattr(ada.provider, column.source, "É" * (folding.LONGEST + 1))
    assert column.pre_save(ada.provider, add=False) == "e" * folding.LONGEST
    assert getattr(ada.provider, column.attname) == "e" * folding.LONGEST


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("GET /feeds/s3cret.ics", "GET /feeds/***"),
        ("/unsubscribe/s3cret/?x=1", "/unsubscribe/***/?x=1"),
        ("/accounts/confirm-email/s3cret/", "/accounts/confirm-email/***/"),
        ("/accounts/password/reset/key/s3cret/", "/accounts/password/reset/key/***/"),
        ("/next=%2Fguest%2Fs3cret%2F", "/next=%2Fguest%2F***%2F"),
        ("/API/Guest/Appointments/s3cret", "/API/Guest/Appointments/***"),
        ('"/guest/s3cret" /guest/other', '"/guest/***" /guest/***'),
        ("/guests/9", "/guests/9"),
        ("/services/s3cret", "/services/s3cret"),
    ],
)
def test_a_secret_in_an_address_is_masked_up_to_its_end(address, shown):
    assert masking.masked(address) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gave ya29.a0s3cret-_x.", "gave ya29.***"),
        ("kept 1//0gs3cret-_x of", "kept 1//*** of"),
        ("{'Authorization': 'Bearer s3cret.x.y'}", "{'Authorization': 'Bearer ***'}"),
        ("authorization: bearer s3cret", "authorization: bearer ***"),
        (
            "GET /callback?state=1&code=4%2F0s3cret&scope=x",
            "GET /callback?state=1&code=***&scope=x",
        ),
        ("code=s3cret", "code=***"),
        ("grant_type=x&refresh_token=s3cret&y=1", "grant_type=x&refresh_token=***&y=1"),
        ('{"refresh_token": "s3cret", "x": 1}', '{"refresh_token": "***", "x": 1}'),
        ("{'access_token': 's3cret'}", "{'access_token': '***'}"),
        ("id_token=s3cret client_secret='s3cret'", "id_token=*** client_secret='***'"),
        ("status_code=200 http://1.1.1.1//x", "status_code=200 http://1.1.1.1//x"),
        (
            "the refresh_token is gone, as is the bearer",
            "the refresh_token is gone, as is the bearer",
        ),
    ],
)
def test_a_token_is_masked_by_its_look_or_by_its_name(said, shown):
    assert masking.masked(said) == shown


def test_what_the_program_logs_passes_the_filter():
    """Whatever handler writes it: each of them masks."""
    handlers = settings.LOGGING["handlers"]
    assert all(each["filters"][-1] == "masked" for each in handlers.values())
    assert settings.LOGGING["filters"]["masked"]["()"] == f"{masking.__name__}.Filter"


def record(message, *args, exc_info=None):
    return logging.LogRecord("x", logging.INFO, "x.py", 1, message, args, exc_info)


def test_a_record_is_masked_with_its_arguments_and_its_traceback():
    said = record("%s of %s", "/guest/s3cret", 7)
    assert masking.Filter().filter(said)
    assert said.getMessage() == "/guest/*** of 7"
    try:
        raise ValueError("/feeds/s3cret")  # noqa: TRY301
    except ValueError:
        failed = record("Failed: %s", "it", exc_info=sys.exc_info())
    assert masking.Filter().filter(failed)
    assert (failed.msg, failed.args) == ("Failed: %s", ("it",))  # nothing to mask there
    assert "/feeds/***" in failed.exc_text
    assert "ValueError" in failed.exc_text
    assert "s3cret" not in failed.exc_text


def test_an_export_shows_every_column_but_those_left_out(db):
    KeptAnswer.objects.create(owner="o", operation="op", key="k", content="c")
    [row] = privacy.rows(KeptAnswer.objects.all(), without=("key", "content", "id", "created_at"))
    assert row == {"owner": "o", "operation": "op", "answer": "", "about": []}


def test_a_part_that_says_no_more_shows_and_does_nothing():
    part = privacy.Part(models=())
    assert (part.export(None), part.export_provider(None)) == ({}, {})
    assert (part.forget(None), part.forget_provider(None), part.join(1, 2, 3)) == (None,) * 3

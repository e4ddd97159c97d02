"""A provider's own words in mails, through both doors: typed, tried, kept."""

from __future__ import annotations

import html
import re

import pytest

from openslot.notifications.own_words import saying
from tests.api.calling import Caller, done, problem
from tests.notifications.letters import own_words
from tests.web.pages import said

pytestmark = pytest.mark.django_db

AT = "/provider/words/confirmed/"


def test_a_program_puts_all_and_reads_them(ada):
    by_ada = Caller(ada)
    assert done(by_ada.get("provider/words/")) == {}
    put = {"confirmed": "Dear {first_name}", "reminder": ""}
    assert done(by_ada.put("provider/words/", put)) == {"confirmed": "Dear {first_name}"}
    assert done(by_ada.get("provider/words/")) == {"confirmed": "Dear {first_name}"}
    assert done(by_ada.put("provider/words/", {})) == {}


@pytest.mark.parametrize(
    "sent", [{"welcome": "Hello"}, {"moved": "{nobody}"}, {"moved": None}, {"moved": "x" * 1001}]
)
def test_a_program_is_told_beside_the_kind(sent, ada):
    [field] = sent
    by_ada = Caller(ada)
    assert set(problem(by_ada.put("provider/words/", sent), 400, "invalid")["errors"]) == {field}


def test_a_page_keeps_what_is_typed(ada, signed_in):
    client = signed_in(ada)
    assert "Nothing of your own" in said(client.get("/provider/words/"))
    assert client.post(AT, {"confirmed": "Dear {first_name}"}).status_code == 302
    assert saying.of(ada.provider) == {"confirmed": "Dear {first_name}"}
    assert "Dear {first_name}" in said(client.get("/provider/words/"))


def test_a_page_shows_the_mail_as_it_would_be_and_keeps_nothing(massage, ada, signed_in):
    client = signed_in(ada)
    typed = {"confirmed": "Bring {service}, <b>{first_name}</b>", "preview": "yes"}
    answer = client.post(AT, typed, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="mail-preview")
    page = answer.content.decode()
    [frame] = re.findall(r'<iframe [^>]*sandbox=""[^>]* srcdoc="([^"]*)"', page)
    [words] = own_words(html.unescape(frame))
    assert (words["text"], words["tags"]) == ("Bring Massage, <b>Sam</b>", {"bdi"})
    assert "Bring Massage, &lt;b&gt;Sam&lt;/b&gt;" in page  # as plain text
    assert "<html" not in page
    assert not saying.of(ada.provider)


@pytest.mark.parametrize("more", [{}, {"preview": "yes"}])
def test_a_wrong_placeholder_is_told_beside_the_field(more, ada, signed_in):
    answer = signed_in(ada).post(AT, {"confirmed": "Dear {name}", **more})
    assert answer.status_code == (200 if more else 422)
    assert "“{name}” is no placeholder" in answer.content.decode()
    assert "Dear {name}" in answer.content.decode()
    assert not saying.of(ada.provider)


def test_only_the_page_with_a_mail_on_it_lets_styles_stand_in_it(ada, signed_in):
    client = signed_in(ada)
    with_mail, without = client.get(AT), client.get("/provider/words/")
    assert "style-src 'self' 'unsafe-inline'" in with_mail["Content-Security-Policy"]
    assert "script-src 'self';" in with_mail["Content-Security-Policy"] + ";"
    assert "unsafe" not in without["Content-Security-Policy"]


def test_there_is_no_page_of_another_kind(ada, signed_in):
    assert signed_in(ada).get("/provider/words/welcome/").status_code == 404

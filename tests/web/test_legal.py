"""The operator's own pages are linked from every page and every mail."""

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from openslot.accounts.signing import adapter, codes, recovery
from tests import town
from tests.working import work

IMPRINT, PRIVACY = "https://example.org/imprint?a=1&b=2", "https://example.org/privacy"
ESCAPED = IMPRINT.replace("&", "&amp;")


@pytest.fixture
def law(settings):
    settings.IMPRINT_URL, settings.PRIVACY_URL = IMPRINT, PRIVACY
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


PAGES = ["/", "/find/", "/p/ada/", "/accounts/login/", "/accounts/signup/", "/no/such/page/"]


@pytest.mark.parametrize("page", [*PAGES, "/embed/ada/"])
def test_every_page_of_a_passer_by_links_them(law, massage, page):
    shown = Client().get(page).content.decode()
    assert f'href="{ESCAPED}"' in shown
    assert f'href="{PRIVACY}"' in shown


@pytest.mark.parametrize("page", ["/", "/me/", "/appointments/", "/provider/hours/"])
def test_and_of_whoever_is_signed_in(law, massage, ada, signed_in, page):
    assert f'href="{PRIVACY}"' in signed_in(ada).get(page).content.decode()


@pytest.mark.parametrize("page", ["500.html", "503.html"])
def test_pages_of_a_broken_house_too(law, page):
    assert f'href="{PRIVACY}"' in render_to_string(page)


def test_without_them_there_is_nothing(massage):
    assert b'class="legal"' not in Client().get("/").content


def test_every_mail_says_them(law, massage, ada, bob):
    town.book(massage.pk, by=bob, start=town.at(8, day=1))
    recovery.ask(bob.email)
    codes.ask("gil@example.org")
    adapter.warn(bob, "password")
    work()
    subjects = {letter.subject for letter in mail.outbox}
    assert len(subjects) >= 5
    for letter in mail.outbox:
        html = next(part for part, kind in letter.alternatives if kind == "text/html")
        assert f"Imprint: {IMPRINT}" in letter.body, letter.subject
        assert f"Privacy: {PRIVACY}" in letter.body
        assert ESCAPED in html
        assert PRIVACY in html

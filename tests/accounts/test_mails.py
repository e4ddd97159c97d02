"""What the mails around an account say, read as they are sent."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from openslot.accounts import tasks
from openslot.accounts.signing import recovery
from openslot.kernel.keeping import sealing

pytestmark = pytest.mark.django_db

SUBJECTS = {
    "verify": {"en": "Confirm your e-mail address", "de": "Bestätigen Sie Ihre E-Mail-Adresse"},
    "reset": {"en": "Set a new password", "de": "Neues Passwort setzen"},
}
OURS = {
    "en": "ignore this mail",
    "de": "beachten Sie diese E-Mail nicht",
}


def sent(kind, user, language):
    user.language = language
    user.save()
    address = EmailAddress.objects.get(user=user)
    if kind == "verify":
        EmailAddress.objects.update(verified=False)
        tasks.verify(address.pk)
    else:
        tasks.recover(sealing.seal(user.email, context=recovery.CONTEXT))
    [message] = mail.outbox
    return message


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", SUBJECTS)
def test_they_speak_our_words_in_the_readers_language(bob, kind, language):
    message = sent(kind, bob, language)
    assert message.subject == SUBJECTS[kind][language]
    [(html, mimetype)] = message.alternatives
    assert mimetype == "text/html"
    assert f'<html lang="{language}" dir="ltr">' in html
    for text in (message.body, html):
        assert OURS[language] in text
        assert "http://localhost:8000/accounts/" in text
    for text in (
        message.subject,
        message.body,
        html.replace("!doctype", "").replace("!important", ""),
    ):
        assert "!" not in text
        assert not {"please", "bitte"} & set(text.lower().split())

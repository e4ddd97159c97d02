"""One's own words and those of the place make no password: whoever guesses tries them first."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LEAST = 8  # characters that must be left without them
SHORTEST = 4  # letters: shorter parts of an address are in too many words
OURS = ("openslot", "appointment", "password")


def of_the_site() -> list[str]:
    """What the product is called, and the parts of the address under which it is reached."""
    parts = re.split(r"[^a-z0-9]+", (urlsplit(settings.BASE_URL).hostname or "").lower())
    return [*OURS, *(part for part in parts if len(part) >= SHORTEST)]


class OwnWordsValidator(UserAttributeSimilarityValidator):
    """Refuses what is much like one's name or address."""

    def get_error_message(self) -> str:
        return gettext("This password is too much like your name or address.")


class SiteWordsValidator:
    """Refuses a password of which little is left without them."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  Django passes it
        left = password.lower()
        for word in of_the_site():
            left = left.replace(word, "")
        if left != password.lower() and len(left) < LEAST:
            raise ValidationError(self.get_help_text(), code="password_of_the_site")

    def get_help_text(self) -> str:
        return gettext("Words of this site make a password easy to guess: add others to them.")

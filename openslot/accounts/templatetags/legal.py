"""Where the operator of this site says who they are and what they do with people's data."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import gettext

register = template.Library()


@register.simple_tag
def legal_links() -> list[tuple[str, str]]:
    """What to call each, and its address; those that the operator has set."""
    links = [
        (gettext("Imprint"), settings.IMPRINT_URL),
        (gettext("Privacy"), settings.PRIVACY_URL),
    ]
    return [(text, address) for text, address in links if address]

"""What stands in own words for what differs from one appointment to the next: `{first_name}`.

The words are nobody's template: a placeholder is put in once, whatever braces the name has that
comes in its place, and a name never becomes a link or markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.template.defaultfilters import linebreaksbr, urlize
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.kernel.wording import texts

MEANINGS: dict[str, Promise] = {
    "first_name": _("the customer's first name"),
    "service": _("the service"),
    "date": _("the day"),
    "time": _("the time it begins"),
}
PLACE = re.compile("{(" + "|".join(MEANINGS) + ")}")
BRACED = re.compile(r"{[^{}\n]{0,40}}?|}")
GAP = re.compile(r"\n{2,}")


def problem(text: str) -> str:
    """What is wrong with the braces in it, in a sentence; "" where nothing is."""
    wrong = BRACED.search(PLACE.sub(" ", text))
    if wrong is None:
        return ""
    known = ", ".join(f"{{{name}}}" for name in MEANINGS)
    said = gettext("“{wrong}” is no placeholder. There are: {known}.")
    return said.format(wrong=wrong[0], known=known)


def filled(text: str, values: Mapping[str, str]) -> str:
    """As plain text."""
    return PLACE.sub(lambda place: values[place[1]], text)


def paragraphs(text: str, values: Mapping[str, str]) -> list[SafeString]:
    """As HTML, a paragraph each: addresses in the words are links, all else is text."""
    return [_html(paragraph, values) for paragraph in GAP.split(texts.newlines(text).strip())]


def _html(paragraph: str, values: Mapping[str, str]) -> SafeString:
    pieces = PLACE.split(paragraph)  # words, a name, words, a name, … words
    return format_html_join(
        "",
        "{}",
        ((_name(values[each]) if at % 2 else _said(each),) for at, each in enumerate(pieces)),
    )


def _said(words: str) -> SafeString:
    return linebreaksbr(urlize(words, autoescape=True), autoescape=True)


def _name(value: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", value)

"""What comes out the same whenever it is drawn of the same values: kept, so that it is drawn once.

Nothing kept here can be out of date: the values, the language, and where the icons are, are all
that it depends on.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

PIECES = 2000

# A text that is marked as safe equals one that is not, and is drawn in another way.
Value = tuple[str, type, Hashable]


def drawn(template: str, **values: Hashable) -> SafeString:
    """A component that shows its values, words and icons: no request, no time."""
    key = tuple((name, type(value), value) for name, value in values.items())
    return _drawn(template, key, get_language(), icons())


@lru_cache(PIECES)
def _drawn(
    template: str, values: tuple[Value, ...], _language: str | None, _icons: str
) -> SafeString:
    return render_to_string(template, {name: value for name, _, value in values})


def icons() -> str:
    """Where the sprite is: in development another address after each build."""
    return static("build/icons.svg")


@lru_cache(PIECES)
def icon(name: str, label: str, css: str, sprite: str) -> SafeString:
    """An icon of that sprite."""
    href, classes = f"{sprite}#{name}", f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        href,
    )

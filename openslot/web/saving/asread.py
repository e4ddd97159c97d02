"""Two who change the same thing at once: neither loses what they wrote, nor what the other did.

The page carries what was read, each field as a browser would send it back. A field that somebody
left as they read it stays as it stands now, whatever was saved meanwhile. A field that both have
changed is saved by neither: both are shown, and pressing once more takes what is typed.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

FIELD = "read"

Sent = list[str]  # a field as a browser sends it; nothing: an empty one


class AsRead(forms.Form):
    """A form about something that stands: `initial` is how it stands now, sent or not.

    Its page includes components/form_errors.html, where `was_read` is drawn.
    """

    stands = True  # False: for something new, which nobody else can have changed

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.clashes: list[str] = []
        self.read = _said(data)

    def full_clean(self) -> None:
        if isinstance(self.data, QueryDict) and self.stands and self.read is not None:
            self.data, self.read = self._joined(self.data, self.read), None
        super().full_clean()

    @property
    def was_read(self) -> SafeString:
        """What the page says it showed, as a hidden field."""
        if not self.stands:
            return SafeString()
        shown = json.dumps({name: self._now(name) for name in self.fields})
        return format_html('<input type="hidden" name="{}" value="{}">', FIELD, shown)

    def _joined(self, data: QueryDict, read: dict[str, Sent]) -> QueryDict:
        """What was sent, with the fields that were left alone as they stand now."""
        joined = data.copy()
        for name in self.fields:
            now, typed = self._now(name), self._typed(data, name)
            was = read.get(name, now)
            if typed == was:
                joined.setlist(self.add_prefix(name), now)
            elif now not in (was, typed):
                self.clashes.append(name)
        return joined

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self.clashes:
            told = gettext("Saved meanwhile: {now}. Press again to have what you typed.")
            self.add_error(name, told.format(now=self._shown(name)))

    def _now(self, name: str) -> Sent:
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field.widget, forms.CheckboxInput):
            return ["on"] if field.widget.check_test(value) else []
        return _plain(field.widget.format_value(value))

    def _typed(self, data: QueryDict, name: str) -> Sent:
        field, key = self.fields[name], self.add_prefix(name)
        if isinstance(field.widget, forms.CheckboxInput):
            return ["on"] if field.widget.value_from_datadict(data, self.files, key) else []
        return _plain(data.getlist(key))

    def _shown(self, name: str) -> str:
        """How a field stands now, in words."""
        field, now = self.fields[name], self._now(name)
        if isinstance(field.widget, forms.CheckboxInput):
            return gettext("switched on") if now else gettext("switched off")
        if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            named = {str(value): str(words) for value, words in _flat(field.choices)}
            now = [named.get(each, each) for each in now]
        return ", ".join(now) or gettext("nothing")


def _said(data: Any) -> dict[str, Sent] | None:
    """What the page says that it showed; None where it says nothing that can be read."""
    try:
        said = json.loads(data[FIELD]) if data is not None else None
    except (KeyError, ValueError, RecursionError):
        return None
    return {key: _plain(value) for key, value in said.items()} if isinstance(said, dict) else None


def _plain(values: Any) -> Sent:
    several = values if isinstance(values, list | tuple | set) else [values]
    texts = ["" if value is None else str(value) for value in several]
    return sorted(text.replace("\r\n", "\n") for text in texts if text)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, words in choices:
        found += list(words) if isinstance(words, list | tuple) else [(value, words)]
    return found

"""What a provider says of their own in mails to customers, with the mail beside it."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts import people
from openslot.accounts.models import Provider
from openslot.accounts.signing.forms import PhoneField, ProseField
from openslot.kernel.errors import NotFound
from openslot.notifications import kinds
from openslot.notifications.models import OWN_WORDS
from openslot.notifications.outgoing import preview
from openslot.notifications.own_words import placeholders, saying
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import partials
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

MAILS = {
    "requested": _("What they asked for"),
    "confirmed": _("Confirmed"),
    "declined": _("Declined"),
    "cancelled": _("Cancelled"),
    "moved": _("Moved"),
    "reminder": _("Reminder"),
}


class WordsForm(AsRead):
    """One field, named after the kind of mail."""

    def __init__(self, data: Any, *, kind: str, text: str) -> None:
        super().__init__(data, initial={kind: text})
        self.fields[kind] = ProseField(
            label=_("Your words"),
            required=False,
            max_length=OWN_WORDS,
            help_text=_("Up to 1,000 characters. Addresses of the web become links."),
            widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}),
        )


class PhoneForm(AsRead):
    contact_phone = PhoneField(
        label=_("Your number for customers"),
        required=False,
        help_text=_("In every mail about an appointment of theirs, and nowhere else."),
    )


@for_providers
@once
def index(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    form = PhoneForm(posted(request), initial={"contact_phone": provider.contact_phone})
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.change_provider(provider, **form.cleaned_data)
    ):
        return Answer(reverse("own_words"), gettext("Saved."))
    said = saying.of(provider)
    rows = [
        {"kind": kind, "mail": mail, "text": said.get(kind, "")} for kind, mail in MAILS.items()
    ]
    context = {"rows": rows, "form": form}
    return render(request, "own_words/index.html", context, status=errors.status(form))


@csp_update({"style-src": [SELF, UNSAFE_INLINE]})  # type: ignore[arg-type]  # the mail's own
@for_providers
@once
def words(request: DeskRequest, kind: str) -> Answer | HttpResponse:
    if kind not in kinds.OWN:
        raise NotFound
    provider = request.provider
    stands = saying.of(provider).get(kind, "")
    form = WordsForm(posted(request), kind=kind, text=stands)
    tried = "preview" in request.POST

    def say() -> None:
        saying.say(provider, kind, form.cleaned_data[kind])

    if request.method == "POST" and not tried and errors.carried_out(form, say):
        return Answer(reverse("own_words"), gettext("Saved. The next mail says it."))
    own = stands if form.errors or not form.is_bound else _typed(form, kind, instead=stands)
    return _page(request, form, kind, own=own, tried=tried)


def _typed(form: WordsForm, kind: str, *, instead: str) -> str:
    """What stands in the field; what cannot be said is told beside it, and `instead` is shown."""
    typed: str = form.cleaned_data[kind] if form.is_valid() else instead
    if told := saying.problem(kind, typed):
        form.add_error(kind, told)
        return instead
    return typed


def _page(
    request: DeskRequest, form: WordsForm, kind: str, *, own: str, tried: bool
) -> HttpResponse:
    context = {
        "form": form,
        "field": form[kind],
        "kind": kind,
        "mail_title": MAILS[kind],
        "placeholders": placeholders.MEANINGS.items(),
        "tried": tried,
        "mail": _mail(request.provider, kind, own=own),
    }
    status = 200 if tried else errors.status(form)
    return partials.answer(
        request, "own_words/words.html", context, part="mail-preview", status=status
    )


def _mail(provider: Provider, kind: str, *, own: str) -> preview.Shown:
    return preview.shown(provider, kind, own=own, now=timezone.now())

"""A provider's webhooks: listed, added, changed; what was sent, and sending it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.signing.forms import LineField
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead
from openslot.webhooks import kinds, signing, subscribing
from openslot.webhooks.models import DESCRIPTION_MAX, URL_MAX, Webhook

PAGE = 20  # messages on one page
SHOWN = "webhook_secret"  # in the session: of which one the next page tells the secret


class WebhookForm(AsRead):
    stands = False

    url = LineField(
        label=_("Address"),
        max_length=URL_MAX,
        help_text=_("Where your program listens, such as https://example.org/hook."),
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    description = LineField(max_length=DESCRIPTION_MAX, required=False)
    events = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=list(kinds.TYPES.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(kinds.TYPES),
        error_messages={"required": _("Choose what it is told.")},
    )


class ChangeForm(WebhookForm):
    stands = True
    active = forms.BooleanField(
        label=_("Switched on"),
        required=False,
        help_text=_("What happens while it is off is not told later."),
    )


@require_GET
@for_providers
def index(request: DeskRequest) -> HttpResponse:
    known = Webhook.objects.of(request.provider)
    return render(request, "webhooks/webhooks.html", {"webhooks": known})


@for_providers
@once
def new(request: DeskRequest) -> Answer | HttpResponse:
    form = WebhookForm(posted(request))
    made = (
        errors.outcome(form, lambda: subscribing.add(request.provider, **form.cleaned_data))
        if request.method == "POST"
        else None
    )
    if made is not None:
        return _telling(request, made[0].pk)
    return render(request, "webhooks/new.html", {"form": form}, status=errors.status(form))


@for_providers
@once
def webhook(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    known = get_object_or_404(Webhook.objects.of(request.provider), pk=pk)
    form = ChangeForm(posted(request), initial=_as_it_is(known))
    if request.method == "POST" and errors.carried_out(
        form, lambda: subscribing.change(request.provider, pk, **form.cleaned_data)
    ):
        return Answer(reverse("webhook", args=[pk]), gettext("Saved."))
    sent = known.messages.newest_first().prefetch_related("attempts")
    page = Paginator(sent, PAGE).get_page(request.GET.get("page"))
    context = {"webhook": known, "form": form, "page": page, "secret": _secret(request, known)}
    return render(request, "webhooks/webhook.html", context, status=errors.status(form))


@require_POST
@for_providers
@once
def rotate(request: DeskRequest, pk: UUID) -> Answer:
    subscribing.rotate(request.provider, pk)
    return _telling(request, pk)


@require_POST
@for_providers
@once
def test(request: DeskRequest, pk: UUID) -> Answer:
    subscribing.test(request.provider, pk)
    return Answer(reverse("webhook", args=[pk]), gettext("A test is on its way."))


@require_POST
@for_providers
@once
def retry(request: DeskRequest, pk: UUID, message: UUID) -> Answer:
    subscribing.retry(request.provider, pk, message)
    return Answer(reverse("webhook", args=[pk]), gettext("It is on its way again."))


@require_POST
@for_providers
@once
def remove(request: DeskRequest, pk: UUID) -> Answer:
    subscribing.remove(request.provider, pk)
    return Answer(reverse("webhooks"), gettext("Removed."))


def _as_it_is(known: Webhook) -> dict[str, Any]:
    return {name: getattr(known, name) for name in ChangeForm.base_fields}


def _telling(request: DeskRequest, pk: UUID) -> Answer:
    """To its page, which tells the secret this once."""
    request.session[SHOWN] = str(pk)
    return Answer(reverse("webhook", args=[pk]))


def _secret(request: DeskRequest, known: Webhook) -> str:
    if request.method != "GET" or request.session.get(SHOWN) != str(known.pk):
        return ""
    del request.session[SHOWN]
    return signing.told(known)

"""Telling the operators that something is wrong with a provider's page."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Wrong
from openslot.accounts.operating import reporting
from openslot.accounts.signing.forms import AddressField, ProseField
from openslot.web import errors
from openslot.web.finding import providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

THANKS = _("The operator of this site reads it. Thank you.")


class ReportForm(forms.Form):
    wrong = forms.ChoiceField(
        label=_("What is wrong?"), choices=Wrong.choices, widget=forms.RadioSelect
    )
    text = ProseField(
        label=_("What happened"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only the operator of this site reads it."),
    )
    email = AddressField(
        label=_("Your e-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("If you want an answer."),
    )


@once
def report(request: HttpRequest, slug: str) -> Answer | HttpResponse:
    shown, form = providers.listed(slug), ReportForm(posted(request))
    if request.method == "POST" and errors.carried_out(
        form, lambda: reporting.report(shown, **form.cleaned_data)
    ):
        return Answer(reverse("provider", args=[slug]), str(THANKS))
    context = {"form": form, "provider": shown}
    return render(request, "finding/report.html", context, status=errors.status(form))

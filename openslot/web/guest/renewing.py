"""A link that was lost, or that leads nowhere any more: new ones by mail, to the address itself."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openslot.accounts.signing import codes
from openslot.accounts.signing.forms import AddressField, Challenged
from openslot.web import errors
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, proof

SENT = _("A mail is on its way to {email}, with a link to each appointment to come.")


class AddressForm(Challenged):
    email = AddressField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def ask(self) -> None:
        """Have the links mailed; to whoever solved no challenge, in small numbers."""
        self.is_met()
        codes.ask(self.cleaned_data["email"])


@once
def links(request: HttpRequest) -> Answer | HttpResponse:
    """Mail the links of what is to come to whoever reads mail to the address."""
    form = AddressForm(posted(request), proof=proof(request))
    if request.method == "POST" and errors.carried_out(form, form.ask):
        return Answer(reverse("guest_links"), SENT.format(**form.cleaned_data))
    return render(request, "guest/links.html", {"form": form}, status=errors.status(form))

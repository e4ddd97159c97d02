"""A link that was lost, or that leads nowhere any more: new ones by mail, to the address itself."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from openslot.accounts.signing import codes
from openslot.accounts.signing.forms import AddressField
from openslot.web import errors
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

SENT = "A mail is on its way to {email}, with a link to each appointment to come."


class AddressForm(forms.Form):
    email = AddressField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@once
def links(request: HttpRequest) -> Answer | HttpResponse:
    """Mail the links of what is to come to whoever reads mail to the address."""
    form = AddressForm(posted(request))
    if request.method == "POST" and errors.carried_out(
        form, lambda: codes.ask(form.cleaned_data["email"])
    ):
        return Answer(reverse("guest_links"), SENT.format(**form.cleaned_data))
    return render(request, "guest/links.html", {"form": form}, status=errors.status(form))

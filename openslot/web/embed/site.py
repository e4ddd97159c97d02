"""Where people find a provider: the link to share, and their booking on the provider's own site."""

from __future__ import annotations

import html
import io

import segno
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from openslot.accounts import people
from openslot.accounts.models import Provider
from openslot.accounts.signing.forms import ProseField
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

HEIGHT = 640  # pixels, where no script makes it fit


class SitesForm(forms.Form):
    embed_sites = ProseField(
        label=_("Your sites"),
        required=False,
        max_length=6000,
        help_text=_("One address a line, such as https://example.org. Other sites cannot show it."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
    )

    def clean_embed_sites(self) -> list[str]:
        told: str = self.cleaned_data["embed_sites"]
        return told.split()


@for_providers
@once
def site(request: DeskRequest) -> Answer | HttpResponse:
    provider = request.provider
    form = SitesForm(posted(request), initial={"embed_sites": "\n".join(provider.embed_sites)})
    if request.method == "POST" and errors.carried_out(
        form, lambda: people.change_provider(provider, **form.cleaned_data)
    ):
        return Answer(reverse("own_site"), gettext("Saved."))
    frame = settings.BASE_URL + reverse("embed", args=[provider.slug])
    title = gettext("Book with {name}").format(name=provider.name)
    context = {
        "form": form,
        "provider": provider,
        "public": _public(provider),
        "script": f'<script async src="{_script()}" data-provider="{provider.slug}"></script>',
        "frame": f'<iframe src="{frame}" title="{_in_quotes(title)}" '
        f'style="width:100%;height:{HEIGHT}px;border:0"></iframe>',
    }
    return render(request, "embed/site.html", context, status=errors.status(form))


@require_safe
@for_providers
def code(request: DeskRequest) -> HttpResponse:
    """The address of the public page as a QR code, to print."""
    drawn = io.BytesIO()
    made = segno.make_qr(_public(request.provider), error="m")
    made.save(drawn, kind="svg", scale=8, border=4, light="#ffffff", dark="#000000", xmldecl=False)
    answer = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    if "download" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="{request.provider.slug}.svg"'
    return answer


def _public(provider: Provider) -> str:
    return settings.BASE_URL + reverse("provider", args=[provider.slug])


def _in_quotes(text: str) -> str:
    """As it stands in an attribute of HTML, and as legible as that can be."""
    return html.escape(text, quote=False).replace('"', "&quot;")


def _script() -> str:
    """Its address stays the same over releases: it stands in pages that we do not write."""
    return settings.BASE_URL + "/" + settings.STATIC_URL.strip("/") + "/build/embed.js"

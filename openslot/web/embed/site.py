"""The provider's own site: which sites may show their booking, and what to put there."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape

from openslot.accounts import people
from openslot.accounts.signing.forms import ProseField
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted

HEIGHT = 640  # pixels, where no script makes it fit


class SitesForm(forms.Form):
    embed_sites = ProseField(
        label="Your sites",
        required=False,
        max_length=6000,
        help_text="One address a line, such as https://example.org. Other sites cannot show it.",
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
        return Answer(reverse("own_site"), "Saved.")
    frame = settings.BASE_URL + reverse("embed", args=[provider.slug])
    context = {
        "form": form,
        "provider": provider,
        "script": f'<script async src="{_script()}" data-provider="{provider.slug}"></script>',
        "frame": f'<iframe src="{frame}" title="Book with {escape(provider.name)}" '
        f'style="width:100%;height:{HEIGHT}px;border:0"></iframe>',
    }
    return render(request, "embed/site.html", context, status=errors.status(form))


def _script() -> str:
    """Its address stays the same over releases: it stands in pages that we do not write."""
    return settings.BASE_URL + "/" + settings.STATIC_URL.strip("/") + "/build/embed.js"

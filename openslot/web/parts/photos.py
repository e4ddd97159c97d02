"""The form for a picture: somebody's own, and the one that a provider is shown by."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 5 MB. It is cut to a square."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

"""The form for a picture: somebody's own, and the one that a provider is shown by."""

from django import forms


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG or WebP, at most 5 MB. It is cut to a square.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

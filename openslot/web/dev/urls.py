"""What developers look at. Never in production."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.dev import look, mailbox

urlpatterns: list[URLPattern] = [
    path("dev/look/", look.look, name="look"),
    path("dev/mail/", mailbox.mails, name="mailbox"),
    path("dev/mail/<str:name>/", mailbox.mail, name="mailbox_mail"),
    path("dev/mail/<str:name>/html/", mailbox.html, name="mailbox_html"),
    path("dev/mail/<str:name>/<int:number>/", mailbox.part, name="mailbox_part"),
]

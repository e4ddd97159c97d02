"""Where a provider's booking stands in a frame, and where they say on which sites it may."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.embed import pages, site

urlpatterns: list[URLPattern] = [
    path("embed/booked/<str:token>/", pages.booked, name="embed_booked"),
    path("embed/<slug:slug>/", pages.times, name="embed"),
    path("embed/<slug:slug>/<uuid:service>/book/", pages.book, name="embed_book"),
    path("provider/site/", site.site, name="own_site"),
    path("provider/site/code.svg", site.code, name="own_site_code"),
]

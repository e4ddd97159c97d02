"""For search engines: what they may look at, and where to find it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from openslot.accounts.models import Provider
from openslot.catalog import choice

DAY = 86_400
# Nothing is lost where somebody does not keep to it: it is closed to strangers, or of no use.
CLOSED = (
    "/accounts/",
    "/admin/",
    "/api/",
    "/embed/",
    "/guest/",
    "/hold/",
    "/provider/",
    "/*/book/",
)


@require_safe
@cache_control(public=True, max_age=DAY)
def robots(_request: HttpRequest) -> HttpResponse:
    """RFC 9309."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(_request: HttpRequest) -> HttpResponse:
    """Where browsers and engines look that were told of no other."""
    return redirect(static("build/favicon.ico"))


class Places(Sitemap):  # type: ignore[type-arg]
    """Home, search, and the categories that have somebody."""

    def items(self) -> Iterable[str]:
        find = reverse("find")
        named = [f"{find}?category={each.slug}" for each, many in choice.category_counts() if many]
        return [reverse("home"), find, *named]

    def location(self, item: str) -> str:
        return item


class Practices(Sitemap):  # type: ignore[type-arg]
    """The providers whom customers can find."""

    limit = 5000

    def items(self) -> QuerySet[Provider]:
        return Provider.objects.listed().only("slug").order_by("slug")

    def location(self, item: Provider) -> str:
        return reverse("provider", args=[item.slug])


SITEMAPS = {"places": Places, "practices": Practices}

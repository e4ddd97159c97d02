"""Finding a provider: by words, category, price, place, day and hour, and who is free when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.appointments.free.slots import When
from openslot.catalog import choice, finding, pricing
from openslot.catalog.models import Category
from openslot.kernel.errors import NotFound
from openslot.web import errors
from openslot.web.finding import cards, seen
from openslot.web.parts import partials, picker
from openslot.web.parts.fields import DayField

PER_PAGE = 12
PARTS = {
    "morning": (_("Morning, before 12:00"), range(12)),
    "afternoon": (_("Afternoon, 12:00 to 17:00"), range(12, 17)),
    "evening": (_("Evening, from 17:00"), range(17, 24)),
}
PLACES = (
    ("", _("Anywhere")),
    ("in_person", _("At their place")),
    ("customer", _("At my place")),
    ("video", _("By video")),
    ("phone", _("By phone")),
)
SORTS = (
    ("", _("Best match, then name")),
    ("soonest", _("Soonest first")),
    ("price", _("Cheapest first")),
)
DAYS_AHEAD = 14  # as far as hours of no certain day are looked for
NARROWING = ("price_max", "currency", "day", "part", "place", "sort")
TYPED = {"price_max", "day"}


class FindForm(forms.Form):
    now_and_then = NARROWING

    search = forms.CharField(required=False, max_length=finding.SEARCH_MAX)
    category = forms.SlugField(required=False, max_length=80)
    price_max = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        label=_("Price up to"),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    currency = forms.ChoiceField(required=False, label=_("Currency"))
    day = DayField(
        required=False,
        label=_("Free on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    part = forms.ChoiceField(
        required=False,
        label=_("Time of day"),
        choices=[("", _("Any time")), *((name, words) for name, (words, _) in PARTS.items())],
    )
    place = forms.ChoiceField(required=False, label=_("Where"), choices=PLACES)
    sort = forms.ChoiceField(required=False, label=_("Order"), choices=SORTS)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def __init__(self, data: Any, *, currencies: Sequence[str]) -> None:
        """`currencies`: those on offer, the usual one first. One that was on offer may be asked."""
        super().__init__(data)
        self.currencies = currencies
        asked = {self.data.get("currency", "")} & pricing.TENDER - {*currencies}
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (for the type checker)
        field.choices = [(code, code) for code in (*currencies, *asked)]
        field.initial = next(iter(currencies), "")

    def asked(self) -> dict[str, Any]:
        """What is asked for; what was typed wrong counts as not asked, and is said.

        Raises `NotFound` for an address that none of our links has.
        """
        if not self.is_valid() and set(self.errors) - TYPED:
            raise NotFound
        return {**dict.fromkeys(self.fields), **self.cleaned_data}

    def compared_in(self) -> str:
        """That in which prices are compared: the chosen one, or the usual one."""
        return str(self.cleaned_data.get("currency") or self.fields["currency"].initial)


def find(request: HttpRequest) -> HttpResponse:
    offer, now = choice.offer(), timezone.now()
    form = FindForm(request.GET, currencies=offer.currencies)
    asked = form.asked()
    wanted, when = asked | {"currency": form.compared_in()}, _when(asked, request.user)
    listed = _sorted(_listed(wanted), wanted, when, now=now)
    where = picker.way(request.path, asked, "search", "category", *NARROWING)
    context = partials.paged(listed, asked["page"], size=PER_PAGE, where=where)
    shown = list(context["page"].object_list)
    context["cards"] = cards.cards(shown, wanted, when, reader=request.user, now=now)
    chips = _choices(asked, offer.categories)
    context |= {"form": form, "categories": chips, **_narrowed(asked), **_compared(form, asked)}
    context["seen"] = seen.found(request, [chip["name"] for chip in chips[1:]])
    status = errors.status(form)
    return partials.answer(request, "finding/find.html", context, part="found", status=status)


def _when(asked: dict[str, Any], reader: object) -> When:
    """The time that is meant; hours without a day are those of the next two weeks."""
    hours = PARTS[asked["part"]][1] if asked["part"] else range(24)
    ahead = DAYS_AHEAD if asked["part"] and not asked["day"] else None
    zone = reader.zone if isinstance(reader, User) else None
    return When(day=asked["day"], hours=hours, zone=zone, days_ahead=ahead)


def _listed(asked: dict[str, Any]) -> Any:
    """Who fits by what they are and sell, best first, or by name or price."""
    return finding.providers(
        category=asked["category"] or None,
        search=asked["search"] or None,
        price_max=asked["price_max"],
        currency=asked["currency"] or None,
        place=asked["place"] or None,
        ordering="price" if asked["sort"] == "price" else "name",
    )


def _sorted(listed: Any, asked: dict[str, Any], when: When, *, now: datetime) -> Any:
    """Those who have time then, where a time is asked for; the soonest first where that is."""
    timed, soonest = asked["day"] or asked["part"], asked["sort"] == "soonest"
    if not timed and not soonest:
        return listed
    everybody = list(listed)[: finding.MANY]
    enough = None if timed else (asked["page"] or 1) * PER_PAGE
    first = cards.soonest(everybody, asked, when, now=now, enough=enough)
    if timed:
        everybody = [each for each in everybody if each.pk in first]
    if soonest:
        last = datetime.max.replace(tzinfo=now.tzinfo)
        everybody.sort(key=lambda each: first.get(each.pk, last))
    return everybody


def _narrowed(asked: dict[str, Any]) -> dict[str, Any]:
    """How many filters count, the way without them, and what to do where nobody is found."""
    many = sum(asked[name] not in {None, ""} for name in NARROWING if name != "currency")
    others = gettext("Try another word, or look through all providers.")
    if asked["part"] and not asked["day"]:
        others = gettext("Nobody in the next two weeks. Try another time of day, or name a day.")
    elif many:
        others = gettext("Take a filter away, or look through all providers.")
    unfiltered = picker.way(reverse("find"), asked, "search", "category").to()
    return {"narrowed": many, "nobody": others, "unfiltered": unfiltered}


def _compared(form: FindForm, asked: dict[str, Any]) -> dict[str, Any]:
    """Whether there is a currency to choose, and what becomes of those who sell in another one."""
    currency, said = form.compared_in(), ""
    several = bool({*form.currencies} - {currency})
    if several and asked["price_max"] is not None:
        said = gettext("Only prices in {currency} are compared; other currencies are left out.")
    elif several and asked["sort"] == "price":
        said = gettext("Only prices in {currency} are compared; other currencies come last.")
    return {"several_currencies": several, "compared": said.format(currency=currency)}


def _choices(
    asked: dict[str, Any], counted: Sequence[tuple[Category, int]]
) -> Sequence[dict[str, Any]]:
    """The categories as chips; what else is asked goes along.

    Raises `NotFound` for an unknown one.
    """
    where = picker.way(reverse("find"), asked, "search", *NARROWING)
    chips: list[dict[str, Any]] = [
        {"name": category.title, "href": where.to(category=category.slug), "slug": category.slug}
        for category, count in counted
        if count or category.slug == asked["category"]
    ]
    if asked["category"] and asked["category"] not in {chip["slug"] for chip in chips}:
        raise NotFound
    chips.insert(0, {"name": gettext("All"), "href": where.to(), "slug": ""})
    return [chip | {"chosen": chip["slug"] == (asked["category"] or "")} for chip in chips]

"""A provider's customers: the list with their figures, and one with history and private notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Coalesce
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from moneyed import Money

from openslot.accounts.models import Customer, CustomerQuerySet
from openslot.accounts.signing.forms import AddressField, LineField, PhoneField, ProseField
from openslot.appointments.desk import customers
from openslot.appointments.guests import correcting
from openslot.appointments.models import Appointment
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted
from openslot.web.saving.asread import AsRead

PAGE = 30
HISTORY_PAGE = 20


class SearchForm(forms.Form):
    search = forms.CharField(max_length=200, required=False)

    def words(self) -> list[str]:
        return self.cleaned_data["search"].split()[:5] if self.is_valid() else []


class CustomerForm(AsRead):
    """What the provider keeps to themselves."""

    notes = ProseField(
        label=_("Private notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Only you see them."),
    )
    blocked = forms.BooleanField(
        label=_("Takes no new bookings"),
        required=False,
        help_text=_(
            "They cannot book with you any more and are told so when they try. What is "
            "booked stays."
        ),
    )


class GuestForm(CustomerForm):
    """And how a guest is called and reached."""

    first_name = LineField(max_length=200, required=False)
    last_name = LineField(max_length=200, required=False)
    email = AddressField(label="E-mail", required=False, max_length=254)
    phone = PhoneField(required=False)

    field_order = ("first_name", "last_name", "email", "phone")


class MergeForm(forms.Form):
    """Which other guest is the same person."""

    into = forms.ModelChoiceField(
        Customer.objects.none(), label=_("Is the same person as"), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, guest: Customer, **more: Any) -> None:
        super().__init__(*args, **more)
        others = Customer.objects.of(guest.provider).filter(user=None).exclude(pk=guest.pk)
        field = self.fields["into"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = others.select_related("user").order_by("first_name", "last_name", "pk")


@require_GET
@for_providers
def index(request: DeskRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    listed = _mine(request)
    for word in form.words():
        listed = listed.filter(customers.named(word))
    latest = Coalesce("next_visit", "last_visit").desc(nulls_last=True)
    page = Paginator(listed.order_by(latest, "pk"), PAGE).get_page(request.GET.get("page"))
    rows = [{"customer": item, "earned": _money(item)} for item in page]
    context = {"page": page, "rows": rows, "search": " ".join(form.words())}
    return render(request, "desk/customers.html", context)


@for_providers
@once
def customer(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    known = get_object_or_404(_mine(request), pk=pk)
    form = _form(known, posted(request))
    if request.method == "POST" and errors.carried_out(
        form, lambda: customers.change(request.provider, pk, **form.cleaned_data)
    ):
        return Answer(reverse("customer", args=[pk]), gettext("Saved."))
    history = Appointment.objects.filter(customer=known).with_people().order_by("-start", "-id")
    page = Paginator(history, HISTORY_PAGE).get_page(request.GET.get("page"))
    context = {"customer": known, "earned": _money(known), "form": form, "page": page}
    context |= {"merge": None if known.user else MergeForm(guest=known)}
    return render(request, "desk/customer.html", context, status=errors.status(form))


@require_POST
@for_providers
@once
def merge(request: DeskRequest, pk: UUID) -> Answer | HttpResponse:
    guest = get_object_or_404(_mine(request), pk=pk)
    form = MergeForm(request.POST, guest=guest)
    if not form.is_valid():
        return Answer(
            reverse("customer", args=[pk]), gettext("Choose whom to join."), messages.ERROR
        )
    into = form.cleaned_data["into"]
    correcting.merge(request.provider, pk, into=into.pk)
    return Answer(
        reverse("customer", args=[into.pk]), gettext("They are one now."), about=[into.pk]
    )


def _form(known: Customer, data: QueryDict | None) -> CustomerForm:
    kept = {"notes": known.notes, "blocked": known.blocked}
    if known.user is not None or known.is_nobody:
        return CustomerForm(data, initial=kept)
    return GuestForm(
        data, initial={name: getattr(known, name) for name in correcting.FIELDS} | kept
    )


def _mine(request: DeskRequest) -> CustomerQuerySet:
    known = Customer.objects.of(request.provider).select_related("user", "provider")
    return customers.with_history(known, now=timezone.now())


def _money(customer: Any) -> list[Money]:
    return [Money(Decimal(str(each["amount"])), each["currency"]) for each in customer.earned]

"""Everything that is stored about somebody, for them to take along."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from openslot.accounts.models import Customer, Provider, User
from openslot.appointments.models import Act, Appointment, Move, Series
from openslot.availability.models import Busy, SpecialHours, TimeOff, WorkingHours
from openslot.catalog.models import Category, Service

SECRET = {"password"}
# Columns that say the same again, or how we work and nothing about anybody.
INNER = {"name_folded", "headline_folded", "held", "credentials_version"}


def everything(user: User) -> dict[str, Any]:
    """What is stored about the user, ready for JSON.

    Other people's private notes are theirs and not in it.
    """
    provider = Provider.objects.filter(user=user).first()
    mine = Appointment.objects.as_customer(user)
    found = {
        "account": _rows(User.objects.filter(pk=user.pk))[0],
        "email_addresses": _rows(EmailAddress.objects.filter(user=user)),
        "connected_accounts": _rows(SocialAccount.objects.filter(user=user)),
        "known_as": _rows(Customer.objects.filter(user=user), without={"notes", "blocked"}),
        "appointments": _rows(mine),
        "series": _rows(Series.objects.filter(customer__user=user)),
        "acts": _rows(Act.objects.filter(actor=user).order_by("at")),
        "history": _rows(Move.objects.filter(appointment__in=mine)),
        "provider": _provider(provider) if provider else None,
    }
    plain: dict[str, Any] = json.loads(json.dumps(found, cls=DjangoJSONEncoder))
    return plain


def _provider(provider: Provider) -> dict[str, Any]:
    offered = Appointment.objects.filter(provider=provider)
    return {
        "profile": _rows(Provider.objects.filter(pk=provider.pk))[0],
        "categories": list(
            Category.objects.filter(providers=provider).values_list("slug", flat=True)
        ),
        "services": _rows(Service.objects.filter(provider=provider)),
        "working_hours": _rows(WorkingHours.objects.filter(provider=provider)),
        "special_hours": _rows(SpecialHours.objects.filter(provider=provider)),
        "time_off": _rows(TimeOff.objects.filter(provider=provider)),
        "busy_elsewhere": _rows(Busy.objects.filter(provider=provider)),
        "customers": _rows(Customer.objects.of(provider)),
        "appointments": _rows(offered),
        "series": _rows(Series.objects.filter(provider=provider)),
        "history": _rows(Move.objects.filter(appointment__in=offered)),
    }


def _rows(found: QuerySet[Any], *, without: Collection[str] = ()) -> list[dict[str, Any]]:
    names = [name for name in _columns(found.model) if name not in {*SECRET, *INNER, *without}]
    return list(found.values(*names))


def _columns(model: type[Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]

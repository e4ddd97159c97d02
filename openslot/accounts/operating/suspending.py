"""Locking somebody out, and letting them in again. It is the operators' word alone."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openslot.accounts import locks
from openslot.accounts.models import Provider, User
from openslot.kernel.errors import NotAllowed

YOURSELF = _("Nobody suspends their own account: somebody has to be left to lift it.")
MIGHTIER = _("Only an administrator suspends an operator.")


@transaction.atomic
def suspend(user: User, *, by: User) -> User:
    """Close the account: sessions, tokens, links and the feed end at once, and for good.

    Nobody finds what they offer any more, they are told nothing, and their webhooks and calendar at
    Google wait until it is lifted; their appointments stay, for the operator or the other side to
    cancel. Raises `NotAllowed` for one's own account, and for an
    operator's where `by` is no administrator.
    """
    user = _locked(user)
    if user.pk == by.pk:
        raise NotAllowed(YOURSELF)
    if (user.is_staff or user.is_superuser) and not by.is_superuser:
        raise NotAllowed(MIGHTIER)
    user.is_active = False
    user.suspensions += 1
    user.credentials_version += 1
    user.save(update_fields=["is_active", "suspensions", "credentials_version"])
    _sign_out(user)
    return user


@transaction.atomic
def lift(user: User) -> User:
    """Let them sign in again. What ended stays ended."""
    user = _locked(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    return user


def _locked(user: User) -> User:
    """Providers queue before users, and what changes here decides whether one is free."""
    locks.providers(Provider.objects.filter(user=user).values_list("pk", flat=True))
    locks.users([user.pk])
    return User.objects.get(pk=user.pk)


def _sign_out(user: User) -> None:
    """What is left of the sessions that ended, and refresh tokens: worth nothing once they are not
    known (api/protocol/auth.py).
    """
    UserSession.objects.filter(user=user).delete()
    apps.get_model("token_blacklist.OutstandingToken").objects.filter(user=user).delete()

"""The rules by which a provider is booked: what they are called, and what they mean.

What a rule may hold stands in its column (accounts/models/providers.py). The fields of the API and
of the provider's page, and what may be changed, are made of both: a new rule is a column with its
migration, a line here, `make openapi`, and a line of the changelog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import Provider

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Rule(NamedTuple):
    name: str
    label: StrOrPromise
    help_text: StrOrPromise = ""


class Group(NamedTuple):
    """Rules that belong together, and what they are for."""

    title: StrOrPromise
    text: StrOrPromise
    rules: tuple[Rule, ...]


GROUPS = (
    Group(
        _("Requests"),
        _("Who decides about an appointment, and how many you want."),
        (
            Rule("confirmation", _("A new request")),
            Rule(
                "guests",
                _("Booking without an account"),
                _("Whoever has none gives a name and an e-mail address."),
            ),
            Rule(
                "pending_expiry_hours",
                _("Requests expire after (hours)"),
                _(
                    "Without an answer by then a request ends and its time is free again. "
                    "0: at its start."
                ),
            ),
            Rule(
                "pending_limit",
                _("Open requests a customer may have"),
                _("Empty: as many as they like."),
            ),
            Rule(
                "daily_limit",
                _("Appointments a day"),
                _("A full day is offered to nobody. Empty: no limit."),
            ),
        ),
    ),
    Group(
        _("Times on offer"),
        _("Which of your free times customers see."),
        (
            Rule(
                "slot_step_minutes",
                _("A start every (minutes)"),
                _("30: at 9:00, 9:30, 10:00 and so on."),
            ),
            Rule(
                "minimum_notice_minutes",
                _("Notice (minutes)"),
                _("How long before its start a time can last be booked."),
            ),
            Rule(
                "booking_window_days",
                _("Days ahead"),
                _("How far into the future customers can book."),
            ),
        ),
    ),
    Group(
        _("Room to breathe"),
        _(
            "Kept free around every appointment, unless a service says otherwise. "
            "Between two, both count."
        ),
        (
            Rule("buffer_before_minutes", _("Before (minutes)"), _("To prepare.")),
            Rule("buffer_after_minutes", _("After (minutes)"), _("To tidy up, or for the way.")),
        ),
    ),
    Group(
        _("Changes and ends"),
        _("Until when customers may change their mind, and when an appointment counts as done."),
        (
            Rule(
                "cancellation_notice_hours",
                _("Changes until (hours before)"),
                _(
                    "Later than that a customer who cancels or moves has to call. "
                    "0: until the start."
                ),
            ),
            Rule(
                "complete_after_hours",
                _("Completed by itself after (hours)"),
                _("Counted from the end, unless you have marked a no-show."),
            ),
        ),
    ),
)
ALL = {rule.name: rule for group in GROUPS for rule in group.rules}
# In the order of the columns, which is that of the API.
COLUMNS = tuple(column for column in Provider._meta.fields if column.name in ALL)

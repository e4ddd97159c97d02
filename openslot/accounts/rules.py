"""The rules by which a provider is booked: what they are called, and what they mean.

What a rule may hold stands in its column (accounts/models.py). The fields of the API and of the
provider's page, and what may be changed, are made of both: a new rule is a column with its
migration, a line here, `make openapi`, and a line of the changelog.
"""

from __future__ import annotations

from typing import NamedTuple

from openslot.accounts.models import Provider


class Rule(NamedTuple):
    name: str
    label: str
    help_text: str = ""


class Group(NamedTuple):
    """Rules that belong together, and what they are for."""

    title: str
    text: str
    rules: tuple[Rule, ...]


GROUPS = (
    Group(
        "Requests",
        "Who decides about an appointment, and how many you want.",
        (
            Rule("confirmation", "A new request"),
            Rule(
                "guests",
                "Booking without an account",
                "Whoever has none gives a name and an e-mail address.",
            ),
            Rule(
                "pending_expiry_hours",
                "Requests expire after (hours)",
                "Without an answer by then a request ends and its time is free again. "
                "0: at its start.",
            ),
            Rule(
                "pending_limit",
                "Open requests a customer may have",
                "Empty: as many as they like.",
            ),
            Rule(
                "daily_limit",
                "Appointments a day",
                "A full day is offered to nobody. Empty: no limit.",
            ),
        ),
    ),
    Group(
        "Times on offer",
        "Which of your free times customers see.",
        (
            Rule(
                "slot_step_minutes",
                "A start every (minutes)",
                "30: at 9:00, 9:30, 10:00 and so on.",
            ),
            Rule(
                "minimum_notice_minutes",
                "Notice (minutes)",
                "How long before its start a time can last be booked.",
            ),
            Rule(
                "booking_window_days", "Days ahead", "How far into the future customers can book."
            ),
        ),
    ),
    Group(
        "Room to breathe",
        "Kept free around every appointment, unless a service says otherwise. Between two, both "
        "count.",
        (
            Rule("buffer_before_minutes", "Before (minutes)", "To prepare."),
            Rule("buffer_after_minutes", "After (minutes)", "To tidy up, or for the way."),
        ),
    ),
    Group(
        "Changes and ends",
        "Until when customers may change their mind, and when an appointment counts as done.",
        (
            Rule(
                "cancellation_notice_hours",
                "Changes until (hours before)",
                "Later than that a customer who cancels or moves has to call. 0: until the start.",
            ),
            Rule(
                "complete_after_hours",
                "Completed by itself after (hours)",
                "Counted from the end, unless you have marked a no-show.",
            ),
        ),
    ),
)
ALL = {rule.name: rule for group in GROUPS for rule in group.rules}
# In the order of the columns, which is that of the API.
COLUMNS = tuple(column for column in Provider._meta.fields if column.name in ALL)

"""Who keeps what about people: a `privacy.py` for each floor, the highest first.

A higher floor finds people by what the lower ones keep, so it shows, joins and forgets before them.
A new floor writes its own `privacy.py` (see kernel/privacy.py) and is listed here; a test fails on
a model that no part names.
"""

PARTS = (
    "openslot.sync.privacy",
    "openslot.webhooks.privacy",
    "openslot.notifications.privacy",
    "openslot.appointments.privacy",
    "openslot.availability.privacy",
    "openslot.catalog.privacy",
    "openslot.accounts.privacy",
    "openslot.kernel.keeping.idempotency",
)
# Models that no part needs to name, and why.
NOTHING_OF_ITS_OWN = {
    "accounts.AddressCode": "that digits were mailed to an address: forgotten after a day",
    "api.FamilyMember": "which refresh tokens belong together: goes with the tokens",
    "availability.TimeOffSpan": "the dates of a TimeOff: shown by its rule, deleted with it",
    "sync.Attempt": "a way through Google's consent page: over in minutes, deleted with its user",
    "sync.Change": "that something waits to be shown in a calendar",
    "sync.Channel": "where Google calls us: ids and digests of ours",
    "sync.Request": "that Google was called and what it answered: no content, gone in two weeks",
    "appointments.ZoneRules": "by which rules a zone is read: nobody's",
    "catalog.Category": "the operator's list",
}

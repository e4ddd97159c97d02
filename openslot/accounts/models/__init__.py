"""People: users, the providers among them, each provider's customers, and what they agreed to."""

from openslot.accounts.models.consents import Consent
from openslot.accounts.models.customers import Customer, CustomerQuerySet, Person
from openslot.accounts.models.providers import (
    Confirmation,
    FormerSlug,
    Guests,
    Listing,
    LocationKind,
    Provider,
    ProviderQuerySet,
    between,
)
from openslot.accounts.models.reports import Report, Wrong
from openslot.accounts.models.users import AddressCode, Clock, User, UserManager

__all__ = [
    "AddressCode",
    "Clock",
    "Confirmation",
    "Consent",
    "Customer",
    "CustomerQuerySet",
    "FormerSlug",
    "Guests",
    "Listing",
    "LocationKind",
    "Person",
    "Provider",
    "ProviderQuerySet",
    "Report",
    "User",
    "UserManager",
    "Wrong",
    "between",
]

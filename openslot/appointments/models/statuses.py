"""How appointments stand, who acts on them and by what way."""

from django.db import models


class Status(models.TextChoices):
    PENDING = "pending", "Waiting for an answer"
    CONFIRMED = "confirmed", "Confirmed"
    COMPLETED = "completed", "Completed"
    NO_SHOW = "no_show", "No-show"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


ACTIVE = (Status.PENDING, Status.CONFIRMED)
DROPPED = (Status.DECLINED, Status.CANCELLED, Status.EXPIRED)


class Role(models.TextChoices):
    """In which part somebody acts on an appointment."""

    CUSTOMER = "customer", "Customer"
    PROVIDER = "provider", "Provider"
    SYSTEM = "system", "OpenSlot"
    OPERATOR = "operator", "The operator of this site"


class Way(models.TextChoices):
    """By what way an act came; a calendar that is kept in step knows its own echo by it."""

    UNKNOWN = "unknown", "Unknown"  # acts of before it was noted
    PAGE = "page", "Page"
    API = "api", "API"
    LINK = "link", "Link for a guest"
    GOOGLE = "google", "Google Calendar"
    CLOCK = "clock", "By itself"
    ADMIN = "admin", "Operators' pages"

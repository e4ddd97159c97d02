"""How appointments stand, who acts on them and by what way."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PENDING = "pending", _("Request")
    CONFIRMED = "confirmed", _("Confirmed")
    COMPLETED = "completed", _("Completed")
    NO_SHOW = "no_show", _("No-show")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")


ACTIVE = (Status.PENDING, Status.CONFIRMED)
DROPPED = (Status.DECLINED, Status.CANCELLED, Status.EXPIRED)


class Role(models.TextChoices):
    """In which part somebody acts on an appointment."""

    CUSTOMER = "customer", _("Customer")
    PROVIDER = "provider", _("Provider")
    SYSTEM = "system", "OpenSlot"
    OPERATOR = "operator", _("The operator of this site")


class Way(models.TextChoices):
    """By what way an act came; a calendar that is kept in step knows its own echo by it."""

    UNKNOWN = "unknown", _("Unknown")  # acts of before it was noted
    PAGE = "page", _("Page")
    API = "api", "API"
    LINK = "link", _("Link for a guest")
    GOOGLE = "google", _("Google Calendar")
    CLOCK = "clock", _("By itself")
    ADMIN = "admin", _("Operators' pages")

"""The promise: appointments, what may not be true of any two of them, and their history."""

from openslot.appointments.models.appointment import Appointment, During
from openslot.appointments.models.history import Act, Move
from openslot.appointments.models.hold import Hold
from openslot.appointments.models.querysets import AppointmentQuerySet
from openslot.appointments.models.series import Series, SeriesQuerySet
from openslot.appointments.models.statuses import ACTIVE, DROPPED, Role, Status, Way
from openslot.appointments.models.zone_rules import ZoneRules

__all__ = [
    "ACTIVE",
    "DROPPED",
    "Act",
    "Appointment",
    "AppointmentQuerySet",
    "During",
    "Hold",
    "Move",
    "Role",
    "Series",
    "SeriesQuerySet",
    "Status",
    "Way",
    "ZoneRules",
]

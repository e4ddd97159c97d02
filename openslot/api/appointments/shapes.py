"""How appointments stand in JSON, and what may be sent about them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from openslot.api.protocol import fields
from openslot.appointments import moves
from openslot.appointments.booking import asking
from openslot.appointments.desk import shape
from openslot.appointments.models import Appointment, Role, Status
from openslot.catalog import questions


class ProviderName(serializers.Serializer[Any]):
    """A provider where another thing is shown."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    timezone = serializers.CharField()


class ServiceName(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class CustomerName(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class BookedFor(serializers.Serializer[Any]):
    """The customer of an appointment or a series, under the name that it was made with."""

    id = serializers.UUIDField(source="customer_id")
    name = serializers.CharField(source="customer_name")


class SpanOut(serializers.Serializer[Any]):
    start = fields.InstantField()
    end = fields.InstantField()


class Proposed(SpanOut):
    """A new time that one side proposed to the other."""

    by = serializers.ChoiceField(choices=["customer", "provider"])


class AnswerOut(serializers.Serializer[Any]):
    """An answer beside what was asked at the time; `value` as that kind of question takes it."""

    question = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=questions.Kind.choices)
    value = serializers.JSONField()


class AppointmentOut(serializers.Serializer[Any]):
    """An appointment as one side of it sees it."""

    # `caller` and `now` stand in the context: `allowed_actions` are the caller's, right now.
    id = serializers.UUIDField(read_only=True)
    provider = ProviderName(read_only=True)
    customer = BookedFor(source="*", read_only=True)
    service = ServiceName(read_only=True)
    start = fields.InstantField(read_only=True)
    end = fields.InstantField(read_only=True)
    status = serializers.ChoiceField(choices=Status.choices, read_only=True)
    price = fields.MoneyOut()
    location = serializers.SerializerMethodField()
    notes = serializers.CharField(read_only=True)
    answers = AnswerOut(many=True, read_only=True)
    instructions = serializers.CharField(source="service.instructions", read_only=True)
    series = serializers.UUIDField(source="series_id", read_only=True, allow_null=True)
    depends_on = serializers.UUIDField(source="depends_on_id", read_only=True, allow_null=True)
    proposed = serializers.SerializerMethodField()
    needs_attention = serializers.BooleanField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    created_at = fields.InstantField(read_only=True)
    updated_at = fields.InstantField(read_only=True)
    allowed_actions = serializers.SerializerMethodField()

    def to_representation(self, appointment: Appointment) -> dict[str, Any]:
        """What the fields above say, put together at once: a list has fifty of them."""
        return shape.plain(appointment, to=self.context["caller"], now=self.context["now"])

    @extend_schema_field(fields.Location)
    def get_location(self, appointment: Appointment) -> dict[str, str]:
        return shape.place(appointment)

    @extend_schema_field(Proposed(allow_null=True))
    def get_proposed(self, appointment: Appointment) -> Any:
        return shape.proposed(appointment)

    def get_allowed_actions(self, appointment: Appointment) -> list[str]:
        return moves.open_to(appointment, self.context["caller"], now=self.context["now"])


class HistoryEntry(serializers.Serializer[Any]):
    """A move of one appointment. Names are those under which the sides know each other."""

    at = fields.InstantField(source="act.at")
    actor = serializers.SerializerMethodField()
    action = serializers.CharField()
    reason = serializers.CharField(source="act.reason")
    changes = serializers.DictField()

    @extend_schema_field(
        {
            "type": "object",
            "required": ["role", "name"],
            "properties": {
                "role": {"type": "string", "enum": [str(role) for role in Role]},
                "name": {"type": "string"},
            },
        }
    )
    def get_actor(self, move: Any) -> dict[str, str]:
        appointment, role = move.appointment, Role(move.act.role)
        names = {
            Role.PROVIDER: appointment.provider.name,
            Role.CUSTOMER: appointment.customer_name,
        }
        return {"role": role.value, "name": str(names.get(role, role.label))}


# What comes in -------------------------------------------------------------------------------


class CustomerIn(fields.Body):
    """For whom a provider books: `{id}`, or `{first_name, last_name?, email?, phone?}`.

    Without an address each is a new customer, and nobody is mailed.
    """

    id = fields.IdField(required=False)
    email = fields.Address(required=False, allow_blank=True)
    first_name = fields.Line(max_length=200, required=False)
    last_name = fields.Line(max_length=200, required=False, allow_blank=True)
    phone = fields.Phone(required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> Any:
        if ("id" in attrs) == bool({"first_name", "email", "phone"} & attrs.keys()):
            raise serializers.ValidationError(gettext("Give either an id, or a name."))
        if "id" in attrs and len(attrs) > 1:
            raise serializers.ValidationError(gettext("Give an id and nothing else, or a name."))
        if "id" not in attrs and not any(attrs.values()):
            raise serializers.ValidationError(gettext("Give a name."))
        return attrs.get("id") or asking.Guest(**attrs)


class GuestIn(fields.Body):
    """Somebody without an account. `code`: the digits mailed to them, where they are asked for.
    `consent`: true where the operator asks for it (`consent` of the errors says so).
    """

    email = fields.Address()
    first_name = fields.Line(max_length=200)
    last_name = fields.Line(max_length=200, required=False, allow_blank=True)
    phone = fields.Phone(required=False, allow_blank=True)
    timezone = fields.ZoneField(required=False)
    language = fields.LanguageField(required=False)
    code = fields.Line(max_length=20, required=False, allow_blank=True)
    consent = serializers.BooleanField(required=False)


class OnConflictField(serializers.ChoiceField):
    """What becomes of the dates of a series that cannot be had."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["fail", "skip", "shift"], **kwargs)


class DependentsField(serializers.ChoiceField):
    """What becomes of the appointments that depend on this one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["cancel", "shift", "keep"], **kwargs)


class Booking(fields.Body):
    """What is asked for."""

    service = fields.IdField()
    start = fields.InstantField()
    notes = fields.Text(max_length=2000, allow_blank=True, required=False)
    answers = serializers.DictField(child=serializers.JSONField(), required=False, allow_null=True)
    customer = CustomerIn(required=False, allow_null=True)
    guest = GuestIn(required=False, allow_null=True)
    recurrence = fields.Text(max_length=500, required=False, allow_null=True)
    on_conflict = OnConflictField(required=False, allow_null=True)
    depends_on = fields.IdField(required=False, allow_null=True)
    follow_ups = serializers.BooleanField(required=False, allow_null=True)
    hold = fields.Line(max_length=200, required=False, allow_null=True)
    challenge = fields.Solution()

    def validate(self, attrs: dict[str, Any]) -> Any:
        return {name: value for name, value in attrs.items() if value is not None}


class Edited(fields.Body):
    """The notes that both sides read; by the provider, the place too."""

    echoes = AppointmentOut

    notes = fields.Text(max_length=2000, allow_blank=True, required=False)
    location = fields.Location(required=False)


class Scoped(fields.Body):
    """A move of this appointment."""

    scope = fields.ScopeField(required=False)


class Answer(Scoped):
    """An answer to this appointment."""

    dependents = DependentsField(required=False)


class Reasoned(Answer):
    """A move of this appointment, with a word about it."""

    reason = fields.Text(max_length=500, allow_blank=True, required=False)


class NewTime(Answer):
    """When it should begin instead."""

    start = fields.InstantField()
    propose = serializers.BooleanField(required=False)


class Filters(serializers.Serializer[Any]):
    """Which of the caller's appointments."""

    status = serializers.MultipleChoiceField(choices=Status.choices, required=False)
    series = fields.IdField(required=False)
    ordering = serializers.ChoiceField(
        choices=["start", "-start", "created_at", "-created_at", "updated_at", "-updated_at"],
        default="start",
    )

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "as": serializers.ChoiceField(choices=["customer", "provider"], required=False),
            "from": fields.WhenField(required=False),
            "to": fields.WhenField(required=False, end=True),
        }


class Extension(fields.Body):
    """How far a series should go on: so many more, or to a date."""

    count = serializers.IntegerField(min_value=1, max_value=103, required=False)
    until = fields.DayField(required=False)
    on_conflict = OnConflictField(required=False)


class OccurrenceOut(serializers.Serializer[Any]):
    """One that would be booked, or not; `shifted_from`: at another time than the rule says."""

    service = ServiceName()
    start = fields.InstantField()
    end = fields.InstantField()
    free = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True)
    shifted_from = fields.InstantField(allow_null=True)


class MissingOut(serializers.Serializer[Any]):
    """The service of a course that finds no date, and the days on which it was looked for."""

    service = ServiceName()
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class PreviewOut(serializers.Serializer[Any]):
    """What a booking would get; `reason` is the code of the refusal."""

    occurrences = OccurrenceOut(many=True)
    total_price = fields.MoneyOut()
    missing = MissingOut(allow_null=True)


class ManagedOut(AppointmentOut):
    """The appointment; a guest also learns where they look after it."""

    manage_url = serializers.URLField(required=False, read_only=True)
    manage_token = serializers.CharField(required=False, read_only=True)


class BookedOut(ManagedOut):
    """The same, with `follow_ups` where they were asked for."""

    follow_ups = ManagedOut(many=True, required=False, read_only=True)


class Skipped(serializers.Serializer[Any]):
    start = fields.InstantField()
    reason = serializers.CharField()


class SeriesOut(serializers.Serializer[Any]):
    """A recurring set of appointments."""

    id = serializers.UUIDField()
    provider = ProviderName()
    customer = BookedFor(source="*")
    service = ServiceName()
    recurrence = serializers.CharField()
    occurrences = AppointmentOut(many=True)
    skipped = Skipped(many=True)
    total_price = fields.MoneyOut()


class BookedSeriesOut(SeriesOut):
    """A series; a guest also learns where they look after it."""

    occurrences = ManagedOut(many=True)
    manage_url = serializers.URLField(required=False, read_only=True)
    manage_token = serializers.CharField(required=False, read_only=True)

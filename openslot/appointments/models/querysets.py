"""Which appointments there are to ask for, chainable."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Count, Max, Min, Q, Sum, When, Window
from django.db.models.functions import Coalesce, RowNumber

from openslot.accounts.models import Customer, Person, Provider, User
from openslot.appointments.models.series import Series
from openslot.appointments.models.statuses import ACTIVE, Role, Status
from openslot.kernel.timerange import Span

if TYPE_CHECKING:
    from openslot.appointments.models.appointment import Appointment

CALLED_OFF = (Status.DECLINED, Status.CANCELLED, Status.EXPIRED)
DUE = Coalesce("proposal_expires_at", "expires_at")  # when the answer to it is
# What is answered as one: the pending dates of a series, or else a single appointment.
REQUEST = Case(When(proposed_by="", then=Coalesce("series_id", "id")), default="id")


# What `in_lists` reads: a list of fifty has no use for the other hundred columns.
IN_LISTS = (
    *("start", "end", "status", "price", "price_currency", "location_kind", "location_text"),
    *("notes", "answers", "booked_as", "series_id", "depends_on_id", "needs_attention", "version"),
    *("proposed_start", "proposed_end", "proposed_by", "proposal_expires_at", "expires_at"),
    *("created_at", "updated_at", "provider__slug", "provider__name", "provider__timezone"),
    *("provider__user_id", "provider__cancellation_notice_hours", "customer__user__email"),
    *("customer__user__first_name", "customer__user__last_name", "customer__first_name"),
    *("customer__last_name", "customer__email", "customer__phone", "service__name"),
    "service__instructions",
)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: Person) -> AppointmentQuerySet:
        """Those in which the user is customer or provider; the only way doors fetch them.

        A guest's are theirs while they have no account.
        """
        if isinstance(user, Customer):
            return self.filter(customer=user.pk, customer__user__isnull=True)
        customers = Customer.objects.filter(user=user).values("pk")
        providers = Provider.objects.filter(user=user).values("pk")
        return self.filter(
            Q(customer__any=ArraySubquery(customers)) | Q(provider__any=ArraySubquery(providers))
        )

    def as_customer(self, user: User) -> AppointmentQuerySet:
        return self.filter(customer__user=user)

    def as_provider(self, user: User) -> AppointmentQuerySet:
        # One value rather than a join: the index by provider and start then gives the order, too.
        return self.filter(provider=Provider.objects.filter(user=user).values("pk")[:1])

    def active(self) -> AppointmentQuerySet:
        return self.filter(status__in=ACTIVE)

    def pending(self) -> AppointmentQuerySet:
        return self.filter(status=Status.PENDING)

    def upcoming(self, now: datetime) -> AppointmentQuerySet:
        """Active and not over yet, soonest first."""
        return self.active().filter(end__gt=now).order_by("start", "id")

    def over(self, now: datetime) -> AppointmentQuerySet:
        """Those whose time has come and gone, latest first."""
        return self.filter(end__lte=now).exclude(status__in=CALLED_OFF).order_by("-start", "-id")

    def called_off(self) -> AppointmentQuerySet:
        """Those that do not take place, latest first."""
        return self.filter(status__in=CALLED_OFF).order_by("-start", "-id")

    def unanswered(self) -> AppointmentQuerySet:
        """Requests, and those for which another time is proposed."""
        return self.active().filter(Q(status=Status.PENDING) | ~Q(proposed_by=""))

    def overlapping(self, span: Span) -> AppointmentQuerySet:
        return self.filter(start__lt=span.end, end__gt=span.start)

    def touching(self, span: Span) -> AppointmentQuerySet:
        """Those that lie in a span, or whose proposed time does."""
        return self.filter(
            Q(start__lt=span.end, end__gt=span.start)
            | Q(proposed_start__lt=span.end, proposed_end__gt=span.start)
        )

    def by_start(self) -> AppointmentQuerySet:
        return self.order_by("start", "id")

    def awaiting_provider(self, now: datetime) -> AppointmentQuerySet:
        """Requests and customers' proposals, still to answer; the first to expire first."""
        return (
            self.active()
            .filter(
                Q(proposed_by=Role.CUSTOMER, proposal_expires_at__gt=now)
                | Q(status=Status.PENDING, proposed_by="", expires_at__gt=now)
            )
            .order_by(DUE, "id")
        )

    def awaiting_customer(self, now: datetime) -> AppointmentQuerySet:
        """Those for which the provider proposes another time; the first to expire first."""
        proposed = self.active().filter(proposed_by=Role.PROVIDER, proposal_expires_at__gt=now)
        return proposed.order_by(DUE, "id")

    def first_due(self) -> datetime | None:
        """When the first of these expires; for those that await an answer."""
        due: datetime | None = self.order_by().aggregate(due=Min(DUE))["due"]
        return due

    def requests(self) -> AppointmentQuerySet:
        """One for each request among these, the first to expire first; a series is one request.

        Its earliest date stands for all of them: `dates` is how many they are, `last_start` when
        the last of them begins, `total_amount` their price, `due` when the first of them expires.
        """
        price = Sum("price", output_field=models.DecimalField())
        stands_for: dict[str, Window] = {
            "dates": Window(Count("id"), partition_by=REQUEST),
            "last_start": Window(Max("start"), partition_by=REQUEST),
            "total_amount": Window(price, partition_by=REQUEST),
        }
        placed = self.annotate(
            place=Window(RowNumber(), partition_by=REQUEST, order_by=["start", "id"]),
            due=Window(Min(DUE), partition_by=REQUEST),
        )
        return placed.filter(place=1).order_by("due", "id").annotate(**stands_for)

    def count_requests(self) -> int:
        """How many `requests` there are, without looking at each."""
        [[count]] = self.counted_requests()
        return int(count)

    def counted_requests(self) -> models.QuerySet[Appointment, tuple[int]]:
        """The same as a query: one row that holds the number."""
        every = self.order_by().annotate(every=models.Value(1)).values("every")
        return every.annotate(count=Count(REQUEST, distinct=True)).values_list("count")

    def with_people(self) -> AppointmentQuerySet:
        """With all that a card or an answer shows, in the same query."""
        return self.select_related("provider__user", "customer__user", "service")

    def in_lists(self) -> AppointmentQuerySet:
        """With what a line of a list says, in the same query, and nothing besides."""
        return self.select_related("provider", "customer__user", "service").only(*IN_LISTS)

    def with_series(self) -> AppointmentQuerySet:
        """With their series, and how many appointments each of those has: `made`."""
        return self.prefetch_related(*self.series_of_each())

    @staticmethod
    def series_of_each() -> list[models.Prefetch[Any]]:
        """What `with_series` reads besides, for appointments that are read already."""
        return [models.Prefetch("series", Series.objects.annotate(made=Count("occurrences")))]

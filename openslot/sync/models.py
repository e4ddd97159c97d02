"""What is known of people's calendars at Google: connections, what stands there, what waits.

Tokens are kept sealed (kernel/keeping/sealing.py). Of other people's events nothing is kept here;
when they take time, `availability.Busy` says when.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openslot.accounts.models import User
from openslot.appointments.models import Appointment


class State(models.TextChoices):
    ACTIVE = "active", _("Connected")
    NEEDS_ATTENTION = "needs_attention", _("Waits for a decision")
    NEEDS_RECONNECT = "needs_reconnect", _("Access was lost")
    SCOPE_MISSING = "scope_missing", _("A permission is missing")
    PAUSED = "paused", _("Connected from another address")
    DISCONNECTED = "disconnected", _("Disconnected")


# Google is asked in these alone, and of nobody whose account is suspended.
RUNNING = (State.ACTIVE, State.NEEDS_ATTENTION)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def live(self) -> ConnectionQuerySet:
        return self.exclude(state=State.DISCONNECTED)

    def running(self) -> ConnectionQuerySet:
        return self.filter(state__in=RUNNING, user__is_active=True)


class Connection(models.Model):
    """A person's Google account, for its calendars; one live one a person.

    `installation` is where it was connected: a copy of the database elsewhere touches nothing.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="calendars")
    google_sub = models.CharField(max_length=255)
    email = models.CharField(max_length=320, blank=True)
    scopes = ArrayField(models.CharField(max_length=200), default=list)
    refresh_token = models.TextField(blank=True)  # sealed, as the next one
    access_token = models.TextField(blank=True)
    access_expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    state_since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=100, blank=True)  # Google's own word for it
    installation = models.CharField(max_length=32)
    cancels = models.BooleanField(default=True)  # what is deleted there is cancelled, unasked
    meets = models.BooleanField(default=True)  # video appointments get a Meet link
    closes = models.BooleanField(default=False)  # no bookings while it cannot be read for a day
    closed_at = models.DateTimeField(null=True)  # since when that is so
    connected_at = models.DateTimeField(default=timezone.now)
    last_ok_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    backoff_until = models.DateTimeField(null=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "google_sub"], name="connection_once_for_each_account"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=~Q(state=State.DISCONNECTED),
                name="connection_one_live_for_each_person",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar connection {self.pk}"

    @property
    def is_running(self) -> bool:
        allowed = self.user is None or self.user.is_active
        return self.state in RUNNING and allowed

    @property
    def is_well(self) -> bool:
        return self.state == State.ACTIVE and not self.failures

    @property
    def provider_id(self) -> uuid.UUID | None:
        provider = getattr(self.user, "provider", None)
        return provider.pk if provider else None


class Attempt(models.Model):
    """Somebody on the way through Google's consent page; `digest` is that of the `state`."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)


class SyncedCalendar(models.Model):
    """A calendar of the account: the `target` of events, one that `blocks` hours, or neither."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="calendars")
    google_id = models.CharField(max_length=1024)
    name = models.CharField(max_length=1024, blank=True)
    zone_name = models.CharField(max_length=64, default="UTC")
    primary = models.BooleanField(default=False)
    owned = models.BooleanField(default=False)
    meets = models.BooleanField(default=False)  # Google allows Meet in it
    is_target = models.BooleanField(default=False)
    blocks = models.BooleanField(default=False)
    listed = models.BooleanField(default=True)  # false once Google does not name it any more
    sync_token = models.TextField(blank=True)
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)
    pull_wanted_at = models.DateTimeField(null=True)
    pulled_at = models.DateTimeField(null=True)
    pull_due_at = models.DateTimeField(null=True)
    full_due_at = models.DateTimeField(null=True)
    watch_due_at = models.DateTimeField(null=True)  # a channel was refused: not before then again

    class Meta:
        ordering = ["-primary", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "google_id"], name="calendar_once_for_each_connection"
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(is_target=True),
                name="calendar_one_target_for_each_connection",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.google_id

    @property
    def source(self) -> str:
        """What `availability.Busy` calls it."""
        return f"google:{self.pk}"

    @property
    def is_synced(self) -> bool:
        return self.is_target or self.blocks


class Channel(models.Model):
    """Where Google tells us that a calendar changed. Kept until it expires: no API lists them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    calendar = models.ForeignKey(SyncedCalendar, on_delete=models.CASCADE, related_name="channels")
    resource_id = models.CharField(max_length=255, blank=True)
    token_digest = models.CharField(max_length=64)  # of the token, which is not kept
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    spoke_at = models.DateTimeField(null=True)
    last_message = models.BigIntegerField(default=0)


class Part(models.TextChoices):
    """What an event is to the owner of the calendar."""

    PROVIDER = "provider", _("Theirs as the provider")
    CUSTOMER = "customer", _("Theirs as the customer")
    TIME_OFF = "time_off", _("Their time off")


class LinkState(models.TextChoices):
    PENDING = "pending", _("On its way")
    SYNCED = "synced", _("In the calendar")
    FAILED = "failed", _("Refused by Google")
    LEAVING = "leaving", _("To be removed there")
    DETACHED = "detached", _("Left alone for good")
    GONE = "gone", _("Removed there")


LIVE = (LinkState.PENDING, LinkState.SYNCED, LinkState.FAILED)


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self) -> LinkQuerySet:
        return self.filter(state__in=LIVE)

    def to_come(self, now: datetime) -> LinkQuerySet:
        return self.filter(end__gt=now)


class Link(models.Model):
    """An event that stands for an appointment, or for one date of a time off.

    `start` and `end` are what both sides agreed on last, `offered_…` what we tried to write since
    (an answer may be lost), `pushed` the fingerprints of the other fields that we wrote.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links")
    calendar = models.ForeignKey(SyncedCalendar, on_delete=models.CASCADE, related_name="links")
    part = models.CharField(max_length=8, choices=Part)
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.CASCADE, related_name="calendar_links"
    )
    time_off_id = models.UUIDField(null=True)  # no key: it outlives the time off
    date_key = models.CharField(max_length=8, blank=True)  # of a recurring time off: YYYYMMDD
    event_id = models.CharField(max_length=128)
    generation = models.PositiveIntegerField(default=0)
    etag = models.CharField(max_length=255, blank=True)  # empty: Google has not taken it yet
    start = models.DateTimeField()
    end = models.DateTimeField()
    offered_start = models.DateTimeField(null=True)
    offered_end = models.DateTimeField(null=True)
    pushed = models.JSONField(default=dict)
    pushed_rev = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=LinkState, default=LinkState.PENDING)
    error = models.CharField(max_length=200, blank=True)
    gone_at = models.DateTimeField(null=True)  # when it was seen deleted there
    held = models.BooleanField(default=False)  # its deletion waits for an answer
    url = models.CharField(max_length=1024, blank=True)
    meet_url = models.CharField(max_length=500, blank=True)
    meet_asked_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "event_id"], name="link_once_for_an_event"),
            models.UniqueConstraint(
                fields=["connection", "appointment"],
                condition=Q(state__in=(*LIVE, LinkState.DETACHED), appointment__isnull=False),
                name="link_one_live_for_each_appointment",
            ),
            models.UniqueConstraint(
                fields=["connection", "time_off_id", "date_key"],
                condition=Q(state__in=(*LIVE, LinkState.DETACHED), time_off_id__isnull=False),
                name="link_one_live_for_each_date_of_time_off",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=True) ^ Q(time_off_id__isnull=True),
                name="link_is_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "gone_at"],
                condition=Q(gone_at__isnull=False),
                name="link_seen_deleted",
            ),
        ]


class Change(models.Model):
    """The outbox: something of a person changed and their calendar does not show it yet."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="changes")
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.CASCADE)
    time_off_id = models.UUIDField(null=True)
    rev = models.PositiveIntegerField(default=0)  # the appointment's version then
    backlog = models.BooleanField(default=False)  # nothing changed: it is only to be shown, too
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "appointment", "rev"], name="change_once_for_each_version"
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=True) ^ Q(time_off_id__isnull=True),
                name="change_is_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                condition=Q(done_at__isnull=True),
                name="change_waiting",
            )
        ]


class Kind(models.TextChoices):
    """What could not be followed."""

    MOVED_TO_TAKEN = "moved_to_taken", _("Moved to a time that is not free")
    BOTH_MOVED = "both_moved", _("Moved on both sides")
    NOT_CANCELLED = "not_cancelled", _("Deleted, and cannot be cancelled by itself")
    VANISHED = "vanished", _("Deleted long ago, or the calendar is gone")
    MASS_DELETION = "mass_deletion", _("Many deleted at once")
    REFUSED = "refused", _("Google does not take it")
    NO_MEET = "no_meet", _("Google gave no video link")
    CALENDAR_GONE = "calendar_gone", _("The calendar is gone")


class IssueQuerySet(models.QuerySet["Issue"]):
    def open(self) -> IssueQuerySet:
        return self.filter(resolved_at__isnull=True)


class Issue(models.Model):
    """A question to the owner of a calendar. `data` holds times and ids, no titles."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="issues")
    link = models.ForeignKey(Link, null=True, on_delete=models.CASCADE, related_name="issues")
    kind = models.CharField(max_length=16, choices=Kind)
    data = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["link"],
                condition=Q(resolved_at__isnull=True, link__isnull=False),
                name="issue_one_open_for_each_event",
            ),
            models.UniqueConstraint(
                fields=["connection", "kind"],
                condition=Q(resolved_at__isnull=True, link__isnull=True),
                name="issue_one_open_of_a_kind_for_all",
            ),
        ]


class Request(models.Model):
    """A call of Google, for whoever has to find out later: no content, gone after two weeks."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=40)
    status = models.PositiveIntegerField()
    reason = models.CharField(max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="request_at")]

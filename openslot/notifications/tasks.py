"""What the worker does to tell people."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from openslot import subscriptions
from openslot.accounts.models import User
from openslot.accounts.signing import codes
from openslot.kernel import events
from openslot.notifications import deliver, preferences, reminders
from openslot.notifications.models import Channel
from openslot.notifications.outgoing import digits, sending, texting

# A mail server that is down is asked again after 4, 16, 64 … seconds, for some 18 hours.
TRIES = 9
MAIL = RetryStrategy(max_attempts=TRIES, exponential_wait=4)
# A gateway for a minute and a half: what is late is not worth a text message.
TRIES_OF_TEXTS = 4
TEXTS = RetryStrategy(max_attempts=TRIES_OF_TEXTS, exponential_wait=4)
AGAIN = 2  # seconds until it is asked again whether what belongs to an act is there
# What only reads and writes the database fails for a moment or for good.
SOON = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name=subscriptions.TELL, retry=SOON)
def tell(act_id: str) -> None:
    """Tell everybody of an act whom it concerns; a little later where that says more."""
    if events.awaits(UUID(act_id)):
        again = app.configure_task(subscriptions.TELL, schedule_in={"seconds": AGAIN})
        again.defer(act_id=act_id)
    else:
        deliver.tell(UUID(act_id))


@app.task(name=deliver.SEND, queue="mail", retry=MAIL, priority=-1, pass_context=True)
def send(context: JobContext, delivery_ids: list[str]) -> None:
    """Send mails that wait."""
    sending.send(
        [UUID(one) for one in delivery_ids],
        last=context.job.attempts >= TRIES,
        stop=context.should_abort,
    )


@app.task(name=deliver.TEXT, queue="mail", retry=TEXTS, priority=-1, pass_context=True)
def text(context: JobContext, delivery_id: str) -> None:
    """Send a text message that waits."""
    texting.send(UUID(delivery_id), last=context.job.attempts >= TRIES_OF_TEXTS)


@app.task(name=codes.MAIL, queue="mail", retry=MAIL)
def mail_code(code_id: int, nonce: str) -> None:
    """Mail the digits to whoever asked for them, while they are good."""
    asked = codes.alive(code_id, nonce)
    if asked is not None:
        digits.send(asked)


@app.task(name=subscriptions.REMIND, retry=SOON)
def plan_reminders(act_id: str) -> None:
    """Plan the reminders of an act's appointments."""
    reminders.plan_act(UUID(act_id))


@app.task(name=preferences.REPLAN, retry=SOON)
def replan_reminders(user_id: str) -> None:
    """Plan somebody's reminders anew."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        reminders.replan(user)


@app.periodic(cron="* * * * *")
@app.task(
    name="openslot.notifications.tasks.remind", queueing_lock="notifications.remind", priority=1
)
def remind(timestamp: int) -> None:  # noqa: ARG001  Procrastinate passes it
    """Every minute: hand over the reminders that are due."""
    reminders.send_due()


@app.task(name="openslot.notifications.tasks.greet", retry=SOON)
def greet(user_id: str) -> None:
    """Welcome somebody who signed up; by mail once the address is theirs."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        deliver.tell_person(user, "welcome", cause=user.pk, by=[Channel.IN_APP])


@app.task(name="openslot.notifications.tasks.greet_by_mail", retry=SOON)
def greet_by_mail(address_id: int) -> None:
    """Welcome somebody whose address is verified."""
    address = EmailAddress.objects.select_related("user").filter(pk=address_id).first()
    if address is not None and address.verified:
        deliver.tell_person(address.user, "welcome", cause=address.user.pk)


@app.task(name="openslot.notifications.tasks.tell_of_conflicts", retry=SOON)
def tell_of_conflicts(time_off_id: str) -> None:
    """Tell a provider what stands in a time off."""
    deliver.tell_of_conflicts(UUID(time_off_id))


@app.task(name="openslot.notifications.tasks.tell_of_clocks", retry=SOON)
def tell_of_clocks(user_id: str, cause: str) -> None:
    """Tell a provider that appointments stand beside the clock by which they were agreed."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        deliver.tell_of_clocks(user, cause=UUID(cause))


@app.task(name="openslot.notifications.tasks.tell_of_webhook", retry=SOON)
def tell_of_webhook(user_id: str, what: str, cause: str) -> None:
    """Tell a provider that a webhook of theirs was switched off."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        deliver.tell_person(user, "sync_attention", cause=UUID(cause), action=what)


@app.task(name="openslot.notifications.tasks.tell_of_calendar", retry=SOON)
def tell_of_calendar(
    user_id: str, what: str, cause: str, appointment_id: str | None = None
) -> None:
    """Tell somebody that their calendar needs them."""
    user = User.objects.filter(pk=UUID(user_id)).first()
    if user is not None:
        about = UUID(appointment_id) if appointment_id else None
        deliver.tell_of_calendar(user, what, cause=UUID(cause), appointment_id=about)

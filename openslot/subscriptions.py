"""Who reacts to what: the names of tasks for each event. The only wiring between the floors.

An event is "appointment." and the action of a move (openslot/appointments/moves.py). A task is
called with the `act_id` and must be safe to run twice. "address.verified" (with an `address_id`) is
what happens to an account, as "account.created" (with a `user_id`) is; "time_off.conflicts" (with a
`time_off_id`) is time off over appointments that stay, "time_off.changed" (with its `provider_id`
too) any time off taken, moved or given back, "calendar.attention" (with a `user_id`, `what`, a
`cause` and perhaps an `appointment_id`) a calendar that needs its owner,
"webhook.switched_off" (with a `user_id`, `what` and a `cause`) a webhook that was switched off by
itself, "account.erased" (with the ids of the person's `customers` and `providers`) is somebody
forgotten, "account.claimed" (with a `user_id`) an account that whoever holds its address took from
whoever had made it: what the one before connected or subscribed to ends, "guest.corrected" (with a
`customer_id`) a guest who is called or reached otherwise now, "provider.listing_changed" (with a
`provider_id`) the operators' word on whether customers find somebody, "clocks.changed" (with a
`user_id` and a `cause`) a zone whose new rules have put a provider's appointments beside the clock.
"""

TELL = "openslot.notifications.tasks.tell"
REMIND = "openslot.notifications.tasks.plan_reminders"
NOTE = "openslot.sync.tasks.note"
HOOK = "openslot.webhooks.tasks.note"

# Asked before an act is told: whether something that belongs to it is on its way, and how long.
WAITS = ("openslot.sync.inward.meeting.awaits",)

# Asked of an act before a job is deferred for it: whether the task has anything to do.
CONCERNS = {
    NOTE: "openslot.sync.outward.outbox.is_concerned",
    HOOK: "openslot.webhooks.writing.is_concerned",
}

TASKS: dict[str, tuple[str, ...]] = {
    "appointment.book": (TELL, REMIND, NOTE, HOOK),
    "appointment.accept": (TELL, REMIND, NOTE, HOOK),
    "appointment.decline": (TELL, NOTE, HOOK),
    "appointment.cancel": (TELL, REMIND, NOTE, HOOK),
    "appointment.reschedule": (TELL, REMIND, NOTE, HOOK),
    "appointment.propose": (TELL, HOOK),
    "appointment.accept_proposal": (TELL, REMIND, NOTE, HOOK),
    "appointment.decline_proposal": (TELL, HOOK),
    "appointment.withdraw": (TELL, HOOK),
    "appointment.complete": (REMIND, HOOK),
    "appointment.no_show": (REMIND, HOOK),
    "appointment.expire": (TELL, NOTE, HOOK),
    "appointment.expire_proposal": (TELL, HOOK),
    "appointment.edit": (TELL, NOTE, HOOK),
    "appointment.relocate": (TELL, NOTE, HOOK),
    "account.created": ("openslot.notifications.tasks.greet",),
    "address.verified": (
        "openslot.privacy.tasks.join",
        "openslot.notifications.tasks.greet_by_mail",
    ),
    "account.claimed": (
        "openslot.sync.tasks.end_of_claimed",
        "openslot.webhooks.tasks.end_of_claimed",
    ),
    "account.erased": (
        "openslot.api.tasks.forget_person",
        "openslot.web.tasks.forget_person",
    ),
    "provider.listing_changed": ("openslot.accounts.tasks.tell_of_listing",),
    "guest.corrected": ("openslot.sync.tasks.note_guest",),
    "time_off.changed": ("openslot.sync.tasks.note_time_off",),
    "calendar.attention": ("openslot.notifications.tasks.tell_of_calendar",),
    "webhook.switched_off": ("openslot.notifications.tasks.tell_of_webhook",),
    "clocks.changed": ("openslot.notifications.tasks.tell_of_clocks",),
    "time_off.conflicts": ("openslot.notifications.tasks.tell_of_conflicts",),
}

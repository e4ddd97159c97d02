"""Who reacts to what: the names of tasks for each event. The only wiring between the floors.

An event is "appointment." and the action of a move (openslot/appointments/moves.py). A task is
called with the `act_id` and must be safe to run twice. "address.verified" (with an `address_id`) is
what happens to an account.
"""

TASKS: dict[str, tuple[str, ...]] = {
    "address.verified": ("openslot.appointments.tasks.join",),
}

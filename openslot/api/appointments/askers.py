"""Who asks for a time: somebody with a token, or a guest by name and address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import NotAuthenticated

from openslot.accounts.models import User
from openslot.api.appointments import shapes
from openslot.api.protocol.endpoint import Endpoint
from openslot.appointments.booking import asking
from openslot.appointments.booking.plan import Booked
from openslot.appointments.guests import showing
from openslot.appointments.guests.links import token
from openslot.kernel.errors import Invalid
from openslot.kernel.keeping import idempotency
from openslot.notifications import links


@dataclass
class Asker:
    """What is asked for, and by whom."""

    asked: asking.Request
    by: asking.Caller
    code: str = ""

    @classmethod
    def of(cls, view: Endpoint) -> Asker:
        """Of the request's body. Without a token it has to name a guest, with one it may not."""
        user, data = view.request.user, view.request.data
        guest_named = isinstance(data, dict) and "guest" in data
        if not isinstance(user, User) and not guest_named:
            raise NotAuthenticated
        body = view.body(shapes.Booking)
        guest = body.pop("guest", None)
        if isinstance(user, User):
            if guest is not None:
                raise Invalid(guest="You are signed in: leave it out.")
            return cls(asking.Request(**body), user)
        if guest is None:
            raise NotAuthenticated
        if "customer" in body:
            raise Invalid(customer="A guest books for themselves.")
        code = guest.pop("code", "")
        return cls(asking.Request(**body), asking.Guest(**guest), code)

    @property
    def owner(self) -> str:
        """Whose idempotency keys these are."""
        if isinstance(self.by, asking.Guest):
            return idempotency.owner_by_address(self.by.email)
        return idempotency.owner_of(self.by.pk)

    def show(self) -> None:
        """Whatever a guest has to show before they book."""
        if isinstance(self.by, asking.Guest):
            shown = showing.check(self.asked.service, email=self.by.email, code=self.code)
            self.by = self.by._replace(verified=shown)

    def told(self, made: Booked, shown: dict[str, Any]) -> dict[str, Any]:
        """The answer, to a guest with the links by which they look after what was made."""
        if not isinstance(self.by, asking.Guest):
            return shown
        for each in shown.get("follow_ups", []):
            each.update(_links(next(one for one in made.follow_ups if str(one.pk) == each["id"])))
        if made.series is not None:
            dates = {str(one.pk): one for one in made.series.occurrences.with_people()}
            for each in shown["occurrences"]:
                each.update(_links(dates[each["id"]]))
        return shown | _links(made.first)


def _links(appointment: Any) -> dict[str, str]:
    return {"manage_url": links.manage(appointment), "manage_token": token(appointment)}

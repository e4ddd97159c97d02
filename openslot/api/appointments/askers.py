"""Who asks for a time: somebody with a token, or a guest by name and address."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from rest_framework.exceptions import NotAuthenticated

from openslot.accounts.models import User
from openslot.accounts.signing.challenges import Proof
from openslot.api.appointments import shapes
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.idempotency import known_as
from openslot.appointments.booking import asking
from openslot.appointments.booking.plan import Booked
from openslot.appointments.guests import showing
from openslot.appointments.guests.links import token
from openslot.kernel.errors import Invalid
from openslot.kernel.keeping import idempotency
from openslot.notifications import links


class Asker:
    """What a request asks for, and by whom; its body is read when that is wanted to be known.

    Raises `NotAuthenticated` where there is neither a token nor a guest.
    """

    def __init__(self, view: Endpoint) -> None:
        self.view, self.verified = view, False
        data, user = view.request.data, view.request.user
        self.user = user if isinstance(user, User) else None
        if self.user is None and not (isinstance(data, dict) and data.get("guest") is not None):
            raise NotAuthenticated

    @property
    def owner(self) -> str:
        """Whose idempotency keys these are."""
        if self.user is not None:
            return idempotency.owner_of(self.user.pk)
        return idempotency.owner_by_address(self._guest["email"])

    @property
    def asked(self) -> asking.Request:
        shown = {"guest", "challenge"}
        return asking.Request(**{key: self._body[key] for key in self._body if key not in shown})

    @property
    def by(self) -> asking.Caller:
        if self.user is not None:
            return self.user
        said = {key: self._guest[key] for key in self._guest if key != "code"}
        return asking.Guest(**said, verified=self.verified)

    def show(self) -> None:
        """Whatever a guest has to show before they book."""
        if self.user is None:
            service, code = self._body["service"], self._guest.get("code", "")
            email, proof = self._guest["email"], self.proof
            self.verified = showing.check(service, email=email, code=code, proof=proof)

    @property
    def proof(self) -> Proof:
        """The solved challenge that came along; a repeat by the same key uses it up no further."""
        request = self.view.request
        key = request.headers.get("Idempotency-Key")
        use = known_as(key, request.data) if key else ""
        return self.view.proof(self._body.get("challenge", ""), use=use)

    def look(self) -> asking.Caller:
        """As whom a preview is made: where an address has to be shown, and is not, as a newcomer.

        So nobody learns whether an address is known, blocked or waiting for an answer.
        """
        if isinstance(self.by, asking.Guest) and self._guest.get("code"):
            self.show()
        by = self.by
        if isinstance(by, asking.Guest) and showing.is_needed() and not by.verified:
            return by._replace(email="")
        return by

    def told(self, made: Booked, shown: dict[str, Any]) -> dict[str, Any]:
        """The answer, to a guest with the links by which they look after what was made."""
        if self.user is not None:
            return shown
        for each in shown.get("follow_ups", []):
            each.update(_links(next(one for one in made.follow_ups if str(one.pk) == each["id"])))
        if made.series is not None:
            dates = {str(one.pk): one for one in made.series.occurrences.with_people()}
            for each in shown["occurrences"]:
                each.update(_links(dates[each["id"]]))
        return shown | _links(made.first)

    @cached_property
    def _body(self) -> dict[str, Any]:
        body = self.view.body_of_kept(shapes.Booking)
        if self.user is not None and "guest" in body:
            raise Invalid(guest=gettext("You are signed in: leave it out."))
        if self.user is None and "customer" in body:
            raise Invalid(customer=gettext("A guest books for themselves."))
        return body

    @property
    def _guest(self) -> dict[str, Any]:
        guest: dict[str, Any] = self._body["guest"]
        return guest


def _links(appointment: Any) -> dict[str, str]:
    return {"manage_url": links.manage(appointment), "manage_token": token(appointment)}

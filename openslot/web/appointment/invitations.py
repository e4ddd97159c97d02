"""An appointment that a provider made for somebody who has an account: is it theirs?"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openslot.appointments.guests import invitations
from openslot.appointments.models import Appointment
from openslot.kernel.errors import NotFound
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import reader

ALL = _("It is yours now, with all else that {provider} has made for you.")
MEETS = _("It meets another appointment of yours: move one of them, or cancel it.")


@login_required
@once
def invitation(request: HttpRequest, pk: UUID) -> Answer | HttpResponse:
    user = reader(request)
    if request.method == "POST":
        accepted = invitations.accept(pk, by=user)
        told = ALL.format(provider=accepted.provider.name)
        said = told if accepted.attendee_id else f"{told} {MEETS}"
        return Answer(reverse("appointment", args=[pk]), said)
    waiting = invitations.open_to(user).select_related("provider", "service")
    shown = waiting.filter(pk=pk).first()
    if shown is not None:
        return render(request, "appointment/invitation.html", {"appointment": shown})
    if not Appointment.objects.visible_to(user).filter(pk=pk).exists():
        raise NotFound
    return redirect("appointment", pk=pk)

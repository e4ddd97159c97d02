"""One's Google Calendar: connect it, choose what it is for, answer its questions, give it up."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from openslot.kernel.errors import DomainError, NotFound
from openslot.sync import health
from openslot.sync.connecting import calendars, connect, disconnect
from openslot.sync.errors import BadState
from openslot.sync.google import places
from openslot.sync.health import Health
from openslot.sync.inward import answering
from openslot.sync.outward.links import count_to_come
from openslot.web import errors
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, reader

View = Callable[..., HttpResponse]


def offered(view: View) -> View:
    """Where there is no Google, there is no such page."""

    @login_required
    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not places.configured():
            raise NotFound
        return view(request, **kwargs)

    return wrapped


class ChoiceForm(forms.Form):
    """Where appointments go, and what blocks hours."""

    target = forms.ChoiceField(label=_("Your appointments go into"))
    blocking = forms.MultipleChoiceField(
        label=_("Nobody can book you while you are busy in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What is “free” there blocks nothing; Google makes whole days “free” by itself."
        ),
    )
    meets = forms.BooleanField(
        label=_("Video appointments get a Google Meet link"),
        help_text=_("Where the service has no address of its own."),
        required=False,
    )
    asks = forms.BooleanField(
        label=_("Ask me before what I delete in Google is cancelled"),
        help_text=_("Else it is cancelled after two minutes, and the customer gets a mail."),
        required=False,
    )

    closes = forms.BooleanField(
        label=_("Take no bookings while my calendars cannot be read"),
        help_text=_("From the second day on, until Google answers again. Else you stay bookable."),
        required=False,
    )

    def __init__(self, data: Any, *, now: Health, provides: bool) -> None:
        known = now.connection
        chosen: dict[str, Any] = {"target": now.target, "blocking": now.blocking}
        if known is not None:
            chosen |= {"meets": known.meets, "asks": not known.cancels, "closes": known.closes}
        super().__init__(data, initial=chosen)
        names = [(one.google_id, str(one)) for one in now.calendars]
        owned = {one.google_id for one in now.calendars if one.owned}
        self.fields["target"].choices = [one for one in names if one[0] in owned]  # type: ignore[attr-defined]
        self.fields["blocking"].choices = names  # type: ignore[attr-defined]
        if not provides:
            for name in ("blocking", "meets", "asks", "closes"):
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        chosen = dict(self.cleaned_data)
        if "asks" in chosen:
            chosen["cancels"] = not chosen.pop("asks")
        return chosen


@offered
@once
def calendar(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    now = health.of(user)
    form = ChoiceForm(posted(request), now=now, provides=user.is_provider)
    if request.method == "POST" and errors.carried_out(
        form, lambda: calendars.choose(user, **form.arguments())
    ):
        return Answer(reverse("calendar"), gettext("Saved."))
    context = {"now": now, "form": form, "to_come": count_to_come(now.connection)}
    return render(request, "account/calendar.html", context, status=errors.status(form))


@offered
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """To Google's consent page."""
    return redirect(connect.begin(reader(request)))


@offered
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from it."""
    given = {name: request.GET.get(name, "") for name in ("state", "code", "error")}
    try:
        made = connect.finish(by=reader(request), **given)
    except BadState:
        raise
    except DomainError as refusal:
        messages.error(request, errors.words(refusal))
    else:
        messages.success(
            request,
            gettext("{email} is connected.").format(email=made.email or gettext("Your calendar")),
        )
    return redirect("calendar")


@offered
@require_POST
@once
def hurry(request: HttpRequest) -> Answer:
    connect.hurry(reader(request))
    return Answer(reverse("calendar"), gettext("Looking at your calendar now."))


@offered
@require_POST
@once
def answer(request: HttpRequest, pk: UUID) -> Answer:
    answering.answer(pk, by=reader(request), answer=request.POST.get("answer", ""))
    return Answer(reverse("calendar"), gettext("Done."))


@offered
@once
def leave(request: HttpRequest) -> Answer | HttpResponse:
    """Asks what becomes of the events, and disconnects."""
    user = reader(request)
    now = health.of(user)
    if now.connection is None:
        raise NotFound
    if request.method == "POST":
        disconnect.disconnect(user, events=request.POST.get("events", "keep"))
        return Answer(reverse("calendar"), gettext("Disconnected."))
    context = {"now": now, "to_come": count_to_come(now.connection)}
    return render(request, "account/calendar_leave.html", context)

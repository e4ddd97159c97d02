"""Requests, and new times that customers propose: one answered in place, or on the list's page."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from openslot.accounts.models import User
from openslot.appointments.desk import waiting
from openslot.appointments.models import Appointment, AppointmentQuerySet, Move, Way
from openslot.kernel.errors import DomainError, NotFound, TooOften
from openslot.web import errors
from openslot.web.appointment import relations
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.parts import pressing, questions, verbs
from openslot.web.parts.pressing import Answer

PAGE = 20
SEVERAL = {"following", "all"}  # scopes by which more of a series is meant than the one date
ANSWERED = "desk/request_answered.html"


@require_GET
@for_providers
def requests(request: DeskRequest) -> HttpResponse:
    page = Paginator(waiting.waiting(request.user, now=timezone.now()), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "ticked": "all" in request.GET}
    return render(request, "desk/requests.html", context)


@require_POST
@for_providers
def accept(request: DeskRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, "accept")


@require_POST
@for_providers
def decline(request: DeskRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, "decline")


def _answer(request: DeskRequest, pk: UUID, action: str) -> HttpResponse:
    """In place where htmx asks; otherwise the list again, which says the same."""
    answer = pressing.pressed(request, lambda: _answered(request, pk, action))
    if isinstance(answer, HttpResponse):
        return answer
    if not _in_place(request):
        return answer.given(request)
    whole = request.POST.get("scope") in SEVERAL
    return _row(request, _as_it_stands(pk, by=request.user, whole=whole), answer)


def _answered(request: DeskRequest, pk: UUID, action: str) -> Answer | HttpResponse:
    """Answer the request; a page where it was refused, or something has to be asked first."""
    user, names = request.user, f"id_{pk}_%s" if _in_place(request) else "id_%s"
    item = get_object_or_404(_mine(user), pk=pk)
    verb = verbs.named(item, action)
    form = verbs.form_for(item, action, user, data=request.POST, auto_id=names)
    refused = _refused(item, action, by=user, form=form)
    if relations.needs_an_answer(form):
        return _asking(request, item, action, form)
    if refused:
        return _refusal(request, item, Answer(reverse("requests"), refused, messages.ERROR))
    shown = _as_it_stands(pk, by=user, whole=_whole(form))
    done = verb.done_all if shown.dates > 1 and verb.done_all else verb.done
    told = done.format(other=item.customer_name, dates=shown.dates)
    return Answer(reverse("requests"), told, about=(item.customer_id, item.provider_id))


def _in_place(request: DeskRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _refusal(request: DeskRequest, item: Appointment, answer: Answer) -> HttpResponse:
    """Why it was not answered, beside the request as it waits now."""
    if not _in_place(request):
        return answer.given(request)
    still = _waiting_still(item, by=request.user)
    if still is None:
        return _row(request, _as_it_stands(item.pk, by=request.user, whole=False), answer)
    return _row(request, still, answer, page="desk/request.html")


def _row(
    request: DeskRequest, item: Appointment, answer: Answer, *, page: str = ANSWERED
) -> HttpResponse:
    """The request's place in the list, with a toast."""
    response = render(request, page, {"item": item, "told": answer.told})
    toast = {"text": answer.told, "level": messages.DEFAULT_TAGS[answer.level]}
    response["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _mine(user: User) -> AppointmentQuerySet:
    return Appointment.objects.as_provider(user).with_people().with_series()


def _whole(form: questions.ActForm) -> bool:
    """Whether more of a series is meant than the one date."""
    return form.cleaned_data.get("scope") in SEVERAL


def _waiting_still(item: Appointment, *, by: User) -> Appointment | None:
    """The request that this one stood for, as it waits now."""
    same = Q(pk=item.pk)
    if item.series_id is not None and item.proposed is None:
        same |= Q(series=item.series_id, proposed_by="")
    return waiting.waiting(by, same, now=timezone.now()).first()


def _as_it_stands(pk: UUID, *, by: User, whole: bool) -> Appointment:
    """It now; `whole` with all dates of its series that were answered along with it."""
    standing = _mine(by).filter(pk=pk)
    if whole:
        act = Move.objects.filter(appointment=pk).order_by("-pk").values("act")[:1]
        series = standing.order_by().values("series")
        standing = _mine(by).filter(series__in=series, moves__act=act)
    return standing.requests()[0]


def _asking(
    request: DeskRequest, item: Appointment, answer: str, form: questions.ActForm
) -> HttpResponse:
    """What becomes of what depends on it: asked where the request stood, or on a page."""
    whole = _waiting_still(item, by=request.user) if _whole(form) else None
    context = {"appointment": whole or item, "item": whole or item, "back": reverse("requests")}
    context |= relations.asked(request.user, item, answer, form)
    if getattr(request, "htmx", False):
        return render(request, "desk/request_asked.html", context)
    return render(request, "appointment/act.html", context, status=errors.status(form))


def _refused(item: Appointment, action: str, *, by: User, form: questions.ActForm) -> str:
    """Answer; why it was refused, in words, if it was."""
    verb = verbs.named(item, action)
    try:
        if errors.carried_out(
            form, lambda: verb.act(item.pk, by=by, via=Way.PAGE, **form.arguments())
        ):
            return ""
    except (NotFound, TooOften):
        raise
    except DomainError as error:
        return errors.words(error)
    told = " ".join(str(message) for beside in form.errors.values() for message in beside)
    return gettext("{told} Nothing was answered yet.").format(told=told)

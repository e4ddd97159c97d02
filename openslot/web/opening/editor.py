"""The hours editor. Every button posts the one thing it does, so the page works without
JavaScript; htmx swaps the editor in place. What a change replaced can be had back.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from openslot.availability import hours
from openslot.availability.hours import WeekSpan
from openslot.kernel.errors import Invalid
from openslot.kernel.wording import dates
from openslot.web import errors
from openslot.web.desk.providers_only import DeskRequest, for_providers
from openslot.web.opening import page, special, weeks
from openslot.web.opening.special import SpecialForm
from openslot.web.parts import pressing
from openslot.web.parts.pressing import Answer, once


@for_providers
def editor(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return page.drawn(request)
    answer = pressing.pressed(request, lambda: _saved(request))
    if isinstance(answer, HttpResponse):
        return answer
    if not getattr(request, "htmx", False):
        return answer.given(request)
    shown = page.drawn(request, said=QueryDict(urlsplit(answer.to).query))
    shown["HX-Trigger"] = json.dumps({"toast": {"text": answer.told, "level": "success"}})
    return shown


def _saved(request: DeskRequest) -> Answer | HttpResponse:
    week: list[WeekSpan] = []

    def edit(standing: list[WeekSpan]) -> list[WeekSpan]:
        week[:] = standing
        return weeks.changed(request.POST, standing)

    try:
        saved = hours.change_week(request.provider, edit)
    except Invalid as error:
        return page.drawn(request, refused=error)
    gone = next((span for span in week if weeks.key_of(span) == request.POST.get("remove")), None)
    if gone is not None:
        return _removed(gone)
    query = {"before": weeks.written(week), "after": weeks.written(saved)}
    return Answer(f"{reverse('hours')}?{urlencode(query)}", weeks.told(request.POST))


def _removed(gone: WeekSpan) -> Answer:
    query = urlencode(
        {"removed": gone.weekday, "opens": f"{gone.start:%H:%M}", "closes": f"{gone.end:%H:%M}"}
    )
    told = gettext("%(day)s %(opens)s to %(closes)s is removed. What is booked then stays.") % {
        "day": weeks.WEEKDAYS[gone.weekday - 1],
        "opens": dates.clock(gone.start),
        "closes": dates.clock(gone.end),
    }
    return Answer(f"{reverse('hours')}?{query}", told)


@require_POST
@for_providers
@once
def special_hours(request: DeskRequest) -> Answer | HttpResponse:
    today = timezone.localdate(timezone=request.provider.zone)
    form = SpecialForm(request.POST, today=today)
    if errors.carried_out(
        form,
        lambda: hours.set_special(
            request.provider, day=form.cleaned_data["date"], spans=form.spans()
        ),
    ):
        return Answer(reverse("hours"), gettext("The special day is saved."))
    return page.drawn(request, form=form)


@require_POST
@for_providers
@once
def remove_special(request: DeskRequest, pk: UUID) -> Answer:
    gone = hours.remove_special(request.provider, id=pk)
    told = gettext("%(day)s is no special day: the week's hours count again.") % {
        "day": dates.of_month(gone.date)
    }
    return Answer(f"{reverse('hours')}{special.way_back(gone)}", told)

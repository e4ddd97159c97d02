"""Being told: the notices, the bell, what one wants to hear, and one's calendar's address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_POST, require_safe

from openslot.accounts.models import User
from openslot.accounts.signing import adapter
from openslot.kernel.errors import NotFound
from openslot.notifications import feed, kinds, links, notices, preferences, words
from openslot.notifications.kinds import Kind
from openslot.notifications.models import Channel, Delivery
from openslot.sync.google import places
from openslot.web import errors
from openslot.web.account import guarding
from openslot.web.parts import picker
from openslot.web.parts.pressing import Answer, once
from openslot.web.parts.requests import posted, reader
from openslot.web.saving.asread import AsRead
from openslot.web.templatetags.openslot_ui import duration

PER_PAGE = 30
SHOWN = (("all", _("All")), ("unread", _("Unread")))
MOST_SHOWN = 99
REMINDED = (10_080, 2880, 1440, 240, 120, 60, 30, 15)  # minutes ahead, to choose from


class ShowForm(forms.Form):
    show = forms.ChoiceField(required=False, choices=SHOWN)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def __init__(self, *args: Any, told: Mapping[str, Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = ((name, kind.label) for name, kind in told.items())
        self.fields["kind"] = forms.ChoiceField(
            required=False,
            choices=[("", gettext("Everything")), *named],
            widget=forms.Select(attrs={"class": "form-select"}),
        )


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    form = ShowForm(request.GET, told=_concerning(reader(request)))
    if not form.is_valid():
        raise NotFound
    show, kind = form.cleaned_data["show"] or "all", form.cleaned_data["kind"]
    mine = Delivery.objects.visible_to(reader(request)).newest_first().with_subject()
    mine = mine.unread() if show == "unread" else mine
    mine = mine.filter(kind=kind) if kind else mine
    page = Paginator(mine, PER_PAGE).get_page(form.cleaned_data["page"] or 1)
    where = picker.Way(request.path, {"show": show, "kind": kind})
    context = {
        "form": form,
        "show": show,
        "kind": kind,
        "tabs": SHOWN,
        "page": [_shown(notice) for notice in page],
        "unread": notices.unread_count(reader(request)),
        "previous": where.to(page=str(page.previous_page_number())) if page.has_previous() else "",
        "next": where.to(page=str(page.next_page_number())) if page.has_next() else "",
    }
    return render(request, "account/notifications.html", context)


def _shown(notice: Delivery) -> dict[str, Any]:
    return {
        "notice": notice,
        "icon": kinds.KINDS[notice.kind].icon,
        "told": words.told(notice),
        "body": notices.body(notice),
    }


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """What the bells show; 304 while it stays the same, nothing for who is signed out."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    count = notices.unread_count(reader(request))
    etag = quote_etag(f"{count} {get_language()}")
    if request.headers.get("If-None-Match") in {etag, f"W/{etag}"}:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        shown = f"{MOST_SHOWN}+" if count > MOST_SHOWN else count
        answer = HttpResponse(render_to_string("account/unread.html", {"count": shown}))
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_POST
@once
def read(request: HttpRequest, pk: UUID) -> Answer:
    """Mark a notice as read, and go where it leads."""
    return Answer(notices.path(notices.read(pk, by=reader(request))))


@login_required
@require_POST
@once
def read_all(request: HttpRequest) -> Answer:
    notices.read_all(reader(request))
    return Answer(reverse("notifications"))


def _ahead(minutes: int) -> str:
    if minutes % 1440 == 0:
        days = minutes // 1440
        return ngettext("{count} day", "{count} days", days).format(count=days)
    return duration(minutes)


class PreferencesForm(AsRead):
    """Switches for the kinds that concern somebody, and when they are reminded."""

    def __init__(self, *args: Any, told: Mapping[str, Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = told
        own = self.initial["reminder_minutes"]  # by the API it can be any number
        ahead = sorted({*REMINDED, *own}, reverse=True)
        self.fields["reminder_minutes"] = forms.TypedMultipleChoiceField(
            required=False,
            coerce=int,
            choices=[(each, _ahead(each)) for each in ahead],
            label=gettext("Reminders before an appointment"),
            help_text=gettext("As many as {reminders}; none is a choice, too.").format(
                reminders=kinds.REMINDERS
            ),
            widget=forms.CheckboxSelectMultiple,
        )
        for channel in preferences.offered():
            for kind in self.by(channel):
                self.fields[f"{channel.value}_{kind}"] = forms.BooleanField(
                    required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
                )

    def by(self, channel: Channel) -> list[str]:
        """The kinds that concern them and come by that channel."""
        return [kind for kind in preferences.offered()[channel] if kind in self.told]

    def switches(self, channel: Channel) -> dict[str, bool]:
        given = self.cleaned_data
        return {kind: given[f"{channel.value}_{kind}"] for kind in self.by(channel)}

    def arguments(self) -> dict[str, Any]:
        chosen: dict[str, Any] = {
            channel.value: self.switches(channel) for channel in preferences.offered()
        }
        return chosen | {"reminder_minutes": self.cleaned_data["reminder_minutes"]}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "label": kind.label,
                "icon": kind.icon,
                "email": self[f"email_{name}"],
                "in_app": self[f"in_app_{name}"],
                "sms": self[f"sms_{name}"] if f"sms_{name}" in self.fields else None,
            }
            for name, kind in self.told.items()
        ]


@login_required
@once
def choose(request: HttpRequest) -> Answer | HttpResponse:
    user = reader(request)
    form = PreferencesForm(posted(request), initial=_chosen(user), told=_concerning(user))
    if request.method == "POST" and errors.carried_out(
        form, lambda: preferences.change(user, **form.arguments())
    ):
        return Answer(reverse("notification_preferences"), gettext("Saved."))
    said = adapter.has_said_lately(request)
    context = {
        "form": form,
        "rows": form.rows(),
        "feed": feed.address(user) if said else "",
        "texts": Channel.SMS in preferences.offered(),
        "number": preferences.number(user),
    }
    return render(
        request, "account/notification_preferences.html", context, status=errors.status(form)
    )


def _chosen(user: User) -> dict[str, Any]:
    now = preferences.shown(user)
    switches = {
        f"{channel}_{kind}": now[channel][kind]
        for channel, names in preferences.offered().items()
        for kind in names
    }
    return switches | {"reminder_minutes": now["reminder_minutes"]}


def _concerning(user: User) -> dict[str, Kind]:
    """What they can be told at all: nothing of calendars where there are none."""
    told = dict(kinds.of(provides=user.is_provider))
    if not places.configured():
        del told["sync_attention"]
    return told


@guarding.guarded
def show_feed(_request: HttpRequest) -> HttpResponse:
    """The address stands on the page for as long as its reader has said lately who they are."""
    return redirect("notification_preferences")


@guarding.guarded
@require_POST
@once
def renew_feed(request: HttpRequest) -> Answer:
    feed.renew(reader(request))
    told = gettext("This is the new address. The old one stopped working.")
    return Answer(reverse("notification_preferences"), told)


@require_safe
@conditional_page
def feed_file(_request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; nobody signs in for it."""
    return HttpResponse(
        feed.read(secret),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"},
    )


@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails of a kind: POST does it (mail programs, too: RFC 8058), GET asks."""
    what = links.subscription(token)
    if request.method == "POST":
        preferences.unsubscribe(what)
    context = {"label": kinds.KINDS[what.kind].label, "done": request.method == "POST"}
    return render(request, "account/unsubscribe.html", context)

"""What a page says when the house refuses: beside the field, as a toast, or as "nothing here".

`carried_out` is for forms; `Refusals` (a middleware) catches what no form has taken, so a domain
error is never a 500.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.socialaccount.models import SocialApp
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from openslot.accounts.offering.slugs import MovedPermanently
from openslot.appointments import errors
from openslot.kernel import routing
from openslot.kernel.errors import (
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    TooOften,
    VersionMismatch,
)
from openslot.web import limiting

View = Callable[..., HttpResponse]
Made = TypeVar("Made")


class Told(forms.ValidationError):
    """A refusal among a form's errors, with all that it knows."""

    def __init__(self, refusal: DomainError) -> None:
        super().__init__(words(refusal), code=refusal.code)
        self.refusal = refusal


STALE = _("It was changed in the meantime. This is how it stands now.")


def words(error: DomainError) -> str:
    """The error in one sentence or two, for where no field is at hand."""
    if isinstance(error, VersionMismatch):
        return str(STALE)
    if isinstance(error, Invalid):
        return " ".join(message for messages_ in error.errors.values() for message in messages_)
    return error.detail


def outcome(form: forms.BaseForm, act: Callable[[], Made]) -> Made | None:
    """What the act gave, where the form is valid and it went through; else None.

    A refusal stands in the form's errors. What no other input would mend (nothing there, changed
    meanwhile, not possible any more) is raised as it came.
    """
    if not form.is_valid():
        return None
    try:
        return act()
    except errors.InvalidTransition:
        raise
    except Invalid as error:
        beside(form, error)
    except (errors.Refused, NotAllowed) as error:
        form.add_error(None, Told(error))
    return None


def carried_out(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Whether the form is valid and the act, whose result nobody needs, went through."""
    return outcome(form, lambda: (act(),)) is not None


def status(*shown: forms.BaseForm) -> int:
    """What a page with these forms answers; everywhere the same (RFC 9110, 15.5.10 and 15.5.21).

    200 where nothing stands against them, 409 where the house refused what was asked for (the time
    is taken, say), 422 where what was filled in does not hold. htmx puts all three in their place.
    """
    if not any(form.errors for form in shown):
        return 200
    return 409 if any(refusal(form) for form in shown) else 422


def refusal(form: forms.BaseForm) -> DomainError | None:
    """Why the house refused what the form asked for, if it did."""
    told = form.non_field_errors().as_data() if form.is_bound else []
    return next((error.refusal for error in told if isinstance(error, Told)), None)


def beside(form: forms.BaseForm, error: Invalid) -> None:
    """Put the messages beside the fields they speak of, or above the form."""
    for field, told in error.errors.items():
        name = field.rpartition(".")[2]  # `guest.code` stands beside "code"
        form.add_error(name if name in form.fields else None, list(told))


def returning(name: str, *keys: str) -> Callable[[View], View]:
    """Lead back to the page of that name, with a toast, when the view is refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, **kwargs)
            except (NotFound, TooOften):
                raise
            except DomainError as error:
                messages.error(request, words(error))
                return redirect(reverse(name, kwargs={key: kwargs[key] for key in keys}))

        return wrapped

    return decorate


class Refusals:
    """Middleware: a domain error that reaches the top is an answer, and not a failure."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        # Sign-in with Google has its pages where Google is not configured, too.
        if isinstance(error, SocialApp.DoesNotExist):
            error = NotFound()
        if not isinstance(error, DomainError) or request.path.startswith("/api/"):
            return None
        if isinstance(error, MovedPermanently):
            return led_on(request, error)
        if isinstance(error, NotFound):
            return render(request, "404.html", status=404)
        if isinstance(error, TooOften):
            return limiting.too_often(request, error)
        if request.method != "POST":
            return render(request, "refused.html", {"text": words(error)}, status=400)
        messages.error(request, words(error))
        return redirect(came_from(request))


def led_on(request: HttpRequest, error: MovedPermanently) -> HttpResponse:
    """308, which keeps method and body. To be asked anew each time: addresses can be taken back."""
    there = routing.elsewhere(request.path_info, slug=error.slug)
    if request.META["QUERY_STRING"]:
        there += f"?{request.META['QUERY_STRING']}"
    return HttpResponse(status=308, headers={"Location": there, "Cache-Control": "no-store"})


def came_from(request: HttpRequest) -> str:
    """The page of ours that the request came from, or home."""
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return page
    return reverse("home")

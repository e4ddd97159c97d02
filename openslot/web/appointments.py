from django.http import Http404, HttpRequest, HttpResponse


def book(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def appointments(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def appointment(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def act(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404

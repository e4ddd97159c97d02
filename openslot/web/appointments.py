from django.http import Http404, HttpRequest, HttpResponse


def book(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def appointments(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def appointment(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def act(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404

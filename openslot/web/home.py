from django.http import Http404, HttpRequest, HttpResponse


def home(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def find(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404

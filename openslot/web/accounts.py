from django.http import Http404, HttpRequest, HttpResponse


def profile(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def photo(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def export(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def erase(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


def become_provider(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404

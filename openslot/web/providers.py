from django.http import Http404, HttpRequest, HttpResponse


def provider(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404

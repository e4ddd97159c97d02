from django.http import Http404, HttpRequest, HttpResponse


def provider(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404

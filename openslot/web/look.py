"""The styleguide: every component in both themes with sample data. Development only, at /dev/look/."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def look(request: HttpRequest) -> HttpResponse:
    return render(request, "dev/look.html", {"themes": ("light", "dark")})

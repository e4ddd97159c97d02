"""What a provider says of their own in mails to customers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.fields import Body, Text
from openslot.notifications import kinds
from openslot.notifications.models import OWN_WORDS
from openslot.notifications.own_words import saying


class WordsOut(serializers.Serializer[Any]):
    """By kind of mail; a kind of which the provider says nothing is left out."""

    vars().update({kind: serializers.CharField(required=False) for kind in kinds.OWN})


class WordsIn(Body):
    """Plain text; `{first_name}`, `{service}`, `{date}` and `{time}` stand for the appointment's.

    Paragraphs and addresses of the web are shown as such. What is left out, or blank, is said no
    more.
    """

    vars().update(
        {kind: Text(required=False, allow_blank=True, max_length=OWN_WORDS) for kind in kinds.OWN}
    )


class WordsView(Endpoint):
    @extend_schema(responses=WordsOut)
    def get(self, _request: Request) -> Response:
        return Response(saying.of(self.desk))

    @extend_schema(request=WordsIn, responses=WordsOut)
    def put(self, _request: Request) -> Response:
        return Response(saying.put(self.desk, self.body(WordsIn)))

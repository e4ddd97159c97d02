"""A provider's webhooks: where appointments are told to other programs, and how that went."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.fields import Body, InstantField, Line
from openslot.api.protocol.pagination import Cursor
from openslot.kernel.errors import NotFound
from openslot.webhooks import kinds, subscribing
from openslot.webhooks.models import (
    DESCRIPTION_MAX,
    URL_MAX,
    Attempt,
    Message,
    Off,
    State,
    Webhook,
)


class WebhookOut(serializers.Serializer[Any]):
    """An address that hears of appointments. `off`: why it was switched off by itself."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=list(kinds.TYPES)))
    active = serializers.BooleanField()
    description = serializers.CharField()
    failing_since = InstantField(allow_null=True)
    off = serializers.ChoiceField(choices=["", *Off.values])
    created_at = InstantField()


class SecretOut(WebhookOut):
    """The same with its secret, which is told this once."""

    secret = serializers.CharField()


@extend_schema_field({"type": "string", "format": "uri", "maxLength": URL_MAX})
class AddressField(Line):
    """Where it is told; which addresses may be, the domain decides."""


class WebhookIn(Body):
    echoes = WebhookOut

    url = AddressField(max_length=URL_MAX)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(kinds.TYPES)), allow_empty=False, max_length=100
    )
    active = serializers.BooleanField(required=False)
    description = Line(max_length=DESCRIPTION_MAX, required=False, allow_blank=True)


class AttemptOut(serializers.Serializer[Attempt]):
    """A try: `status` is null where nothing answered."""

    at = InstantField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    milliseconds = serializers.IntegerField()


class DeliveryOut(serializers.Serializer[Message]):
    """What was sent, or will be. Its id is the `webhook-id` of each try."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    created_at = InstantField()
    state = serializers.ChoiceField(choices=State.values)
    attempts = AttemptOut(many=True, source="attempts.all")


class WebhooksView(Endpoint):
    pagination_class = Cursor
    ordering = ("created_at", "id")

    @extend_schema(responses=WebhookOut(many=True))
    def get(self, _request: Request) -> Response:
        return self.page(Webhook.objects.of(self.desk), WebhookOut)

    @extend_schema(request=WebhookIn, responses={201: SecretOut})
    def post(self, _request: Request) -> Response:
        """Add one; the answer holds its secret."""
        webhook, secret = subscribing.add(self.desk, **self.body(WebhookIn))
        return Response(_with(secret, webhook), status=status.HTTP_201_CREATED)


class OneEndpoint(Endpoint):
    """A view of one of the caller's."""

    @property
    def webhook(self) -> Webhook:
        webhook = Webhook.objects.of(self.desk).filter(pk=self.kwargs["webhook_id"]).first()
        if webhook is None:
            raise NotFound
        return webhook


class WebhookView(OneEndpoint):
    @extend_schema(responses=WebhookOut)
    def get(self, _request: Request, webhook_id: UUID) -> Response:  # noqa: ARG002
        return Response(WebhookOut(self.webhook).data)

    @extend_schema(request=WebhookIn, responses=WebhookOut)
    def patch(self, _request: Request, webhook_id: UUID) -> Response:
        """Change it. What happened while it was off is not told."""
        fields = self.body(WebhookIn, partial=True)
        return Response(WebhookOut(subscribing.change(self.desk, webhook_id, **fields)).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, webhook_id: UUID) -> Response:
        subscribing.remove(self.desk, webhook_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateView(Endpoint):
    @extend_schema(request=None, responses=SecretOut)
    def post(self, _request: Request, webhook_id: UUID) -> Response:
        """A new secret; the old one signs beside it for 24 hours."""
        webhook, secret = subscribing.rotate(self.desk, webhook_id)
        return Response(_with(secret, webhook))


class TryView(Endpoint):
    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, _request: Request, webhook_id: UUID) -> Response:
        """Send a `webhook.test`."""
        sent = subscribing.test(self.desk, webhook_id)
        return Response(DeliveryOut(sent).data, status=status.HTTP_202_ACCEPTED)


class DeliveriesView(OneEndpoint):
    pagination_class = Cursor
    ordering = ("-created_at", "-id")

    @extend_schema(responses=DeliveryOut(many=True))
    def get(self, _request: Request, webhook_id: UUID) -> Response:  # noqa: ARG002
        """Newest first, each with its tries."""
        sent = self.webhook.messages.prefetch_related("attempts")
        return self.page(sent, DeliveryOut)


class RetryView(Endpoint):
    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, _request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Send it again, under the same id."""
        again = subscribing.retry(self.desk, webhook_id, delivery_id)
        return Response(DeliveryOut(again).data, status=status.HTTP_202_ACCEPTED)


def _with(secret: str, webhook: Webhook) -> dict[str, Any]:
    return WebhookOut(webhook).data | {"secret": secret}

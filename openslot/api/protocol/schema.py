"""How the OpenAPI file describes our views: what Django and REST framework cannot know."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import permissions, serializers

from openslot.api.protocol.errors import MEDIA_TYPE

TITLES = {
    400: "Something that was sent cannot be used",
    401: "No access token, or one that is not valid",
    403: "Seen, but not allowed",
    404: "There is nothing here, or nothing that the caller may see",
    406: "No such media type to answer in",
    409: "Refused as things stand",
    412: "Changed in the meantime",
    413: "More than a megabyte (a photo: five)",
    415: "No such media type to read",
    422: "The Idempotency-Key was used for another request",
    429: "Too many requests; `Retry-After` says when to come back",
    503: "What is needed for it does not answer (the database, or Google); try again soon",
}


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457). `code` is stable; refusals may bring members of their own."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField())
    )


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Refusals of a view beyond those that all have, for `extend_schema(responses={…})`."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(Problem, description=TITLES[status])
        for status in statuses
    }


def headers(*names: str, of: tuple[int, ...] = (200,)) -> list[OpenApiParameter]:
    """Headers of answers, such as ETag."""
    return [
        OpenApiParameter(name, str, OpenApiParameter.HEADER, response=list(of)) for name in names
    ]


# The parameters of a list, for a view whose answer is not always one.
PAGING = [
    OpenApiParameter("cursor", str, description="Taken from the links of another page."),
    OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}),
]
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that the caller has seen; 412 where it is outdated.",
)


class Schema(AutoSchema):
    """Adds the problems that every operation of its kind has."""

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for (status, media_type), response in problems(*self._usual()).items():
            bodies.setdefault(
                str(status),
                self._get_response_for_code(  # type: ignore[no-untyped-call]
                    response, str(status), [media_type], direction
                ),
            )
        return dict(sorted(bodies.items()))

    def get_override_parameters(self) -> list[Any]:
        """What the query string of the operation may have."""
        kind = getattr(self.view, "queries", {}).get(self.method)
        return [kind] if kind else []

    def _get_request_body(self, direction: Literal["request", "response"] = "request") -> Any:
        """Where its view says so (`delete_with_body`), a DELETE has a body, too."""
        method = self.method
        if method == "DELETE" and getattr(self.view, "delete_with_body", False):
            self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = method

    def _usual(self) -> list[int]:
        public = any(isinstance(p, permissions.AllowAny) for p in self.view.get_permissions())
        usual = [400, 406, 429, 503]
        if self.view.get_authenticators():
            usual.append(401)
        if not public:
            usual.append(403)
        if "{" in self.path:
            usual.append(404)
        if self._get_request_body():
            usual += [413, 415]
        return usual

    def _get_serializer_name(
        self,
        serializer: Any,
        direction: Any,
        bypass_extensions: bool = False,  # noqa: FBT001, FBT002 - theirs
    ) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Out")

    def get_tags(self) -> list[str]:
        """What the address speaks of, without `api`."""
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [parts[1] if len(parts) > 1 else "api"]


class Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "openslot.api.protocol.auth.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """How the OpenAPI file describes our views."""

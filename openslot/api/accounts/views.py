"""Signing up and in, and what people keep about themselves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from openslot.accounts import people, photos
from openslot.accounts.signing import challenges
from openslot.api.protocol import auth, links
from openslot.api.protocol.endpoint import Endpoint
from openslot.api.protocol.fields import Body, LanguageField, Line, Solution, Text, ZoneField
from openslot.api.protocol.schema import problems
from openslot.api.protocol.throttling import Signup, Token
from openslot.appointments.models import Way
from openslot.privacy import erasure, taking_along


class PhotoOut(serializers.ImageField):
    """The absolute address of a picture, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        return links.absolute(value.url) if value else None


class Password(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=people.PASSWORD_MAX, trim_whitespace=False, write_only=True, **kwargs
        )


class MeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone = serializers.CharField()
    timezone = serializers.CharField()
    language = serializers.CharField()
    photo = PhotoOut()
    is_provider = serializers.BooleanField()


class MeIn(Body):
    echoes = MeOut
    first_name = Line(max_length=200, allow_blank=True)
    last_name = Line(max_length=200, allow_blank=True)
    phone = Line(max_length=40, allow_blank=True)
    timezone = ZoneField()
    language = LanguageField()


class SignUpIn(Body):
    email = Text(max_length=254)
    password = Password()
    first_name = Line(max_length=200)
    last_name = Line(max_length=200, required=False, allow_blank=True)
    timezone = ZoneField(required=False)
    language = LanguageField(required=False)
    challenge = Solution()
    consent = serializers.BooleanField(
        required=False, help_text="True where the operator asks for it."
    )


class SignUpOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    timezone = serializers.CharField()
    is_provider = serializers.BooleanField()


class SignInIn(Body):
    email = Text(max_length=254)
    password = Password()
    code = Text(required=False, max_length=40, help_text="The second factor, where one is set up.")


class RefreshIn(Body):
    refresh = Text(max_length=4000)


class PairOut(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class GoogleIn(Body):
    id_token = Text(max_length=10_000, help_text="Of Google, for this installation's client id.")
    code = Text(required=False, max_length=40, help_text="The second factor, where one is set up.")
    timezone = ZoneField(required=False, help_text="Of a new account, as `language` is.")
    language = LanguageField(required=False)
    consent = serializers.BooleanField(
        required=False, help_text="Of a new account: true where the operator asks for it."
    )


class PhotoIn(Body):
    photo = serializers.FileField()


class EraseIn(Body):
    """The password, or where the account has none a fresh token of Google."""

    password = Password(required=False)
    id_token = Text(required=False, max_length=10_000)


class Public(Endpoint):
    """For whoever comes: tokens are not even read."""

    authentication_classes = []
    permission_classes = [AllowAny]


class ChallengeView(Public):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        """A challenge of altcha; its solution goes along as `challenge`, where one is asked for."""
        return Response(challenges.given(), headers={"Cache-Control": "no-store"})


class SignUpView(Public):
    throttle_classes = [*Endpoint.throttle_classes, Signup]

    @extend_schema(request=SignUpIn, responses={201: SignUpOut, **problems(403)})
    def post(self, _request: Request) -> Response:
        asked = self.body(SignUpIn)
        challenges.check(self.proof(asked.pop("challenge", "")))
        user = people.sign_up(**asked)
        return Response(SignUpOut(user).data, status=status.HTTP_201_CREATED)


class TokenView(Public):
    throttle_classes = [*Endpoint.throttle_classes, Token]

    @extend_schema(request=SignInIn, responses={200: PairOut, **problems(401)})
    def post(self, request: Request) -> Response:
        return Response(PairOut(auth.sign_in(request, **self.body(SignInIn))).data)


class TokenRefreshView(Public):
    @extend_schema(request=RefreshIn, responses={200: PairOut, **problems(401)})
    def post(self, _request: Request) -> Response:
        return Response(PairOut(auth.rotate(self.body(RefreshIn)["refresh"])).data)


class TokenRevokeView(Public):
    @extend_schema(request=RefreshIn, responses={200: OpenApiTypes.OBJECT, **problems(401)})
    def post(self, _request: Request) -> Response:
        auth.revoke(self.body(RefreshIn)["refresh"])
        return Response({})


class TokenGoogleView(Public):
    throttle_classes = [*Endpoint.throttle_classes, Token]

    @extend_schema(request=GoogleIn, responses={200: PairOut, **problems(401, 403, 404, 503)})
    def post(self, _request: Request) -> Response:
        return Response(PairOut(auth.sign_in_with_google(**self.body(GoogleIn))).data)


class MeView(Endpoint):
    delete_with_body = True

    @extend_schema(responses=MeOut)
    def get(self, _request: Request) -> Response:
        return Response(MeOut(self.caller).data)

    @extend_schema(request=MeIn, responses=MeOut)
    def patch(self, _request: Request) -> Response:
        user = people.change_profile(self.caller, **self.body(MeIn, partial=True))
        return Response(MeOut(user).data)

    @extend_schema(request=EraseIn, responses={204: None})
    def delete(self, request: Request) -> Response:
        auth.confirm(request, user=self.caller, **self.body(EraseIn))
        erasure.erase(self.caller, via=Way.API)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MyPhotoView(Endpoint):
    parser_classes = [MultiPartParser]

    @extend_schema(request=PhotoIn, responses=MeOut)
    def put(self, _request: Request) -> Response:
        photos.put(self.caller, self.body(PhotoIn)["photo"])
        return Response(MeOut(self.caller).data)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request) -> Response:
        photos.remove(self.caller)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportView(Endpoint):
    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, _request: Request) -> Response:
        return Response(taking_along.everything(self.caller))

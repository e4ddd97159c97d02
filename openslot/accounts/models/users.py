"""Who can sign in, and the digits by which somebody shows that an address is theirs."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from openslot.accounts import phones
from openslot.accounts.addresses import AddressField, canonical
from openslot.kernel.rows.composed import Composed


class UserManager(BaseUserManager["User"]):
    def get(self, *args: Any, **kwargs: Any) -> User:
        """As every manager does; of a bare id, which each request asks for, composed once."""
        bare = kwargs.keys() == {"pk"} and isinstance(kwargs["pk"], uuid.UUID)
        if args or not bare or type(self) is not UserManager:  # one of a relation narrows besides
            return super().get(*args, **kwargs)
        found = OF_ID.first(id=kwargs["pk"])
        if found is None:
            raise User.DoesNotExist
        return found

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=canonical(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Clock(models.TextChoices):
    """To how many the clocks count that somebody reads."""

    USUAL = "", _("As is usual in my language")
    TWELVE = "12", _("12 hours, 2:30 PM")
    TWENTY_FOUR = "24", _("24 hours, 14:30")


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Everybody may book; who also has a `provider` offers time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = AddressField(max_length=254)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True, validators=[phones.validate])
    timezone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=35, default="en")
    clock = models.CharField(
        max_length=2, choices=Clock.choices, default="", db_default="", blank=True
    )
    photo = models.ImageField(upload_to="photos/people/", blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=now)
    credentials_version = models.PositiveIntegerField(default=0, editable=False)
    # Whatever sessions there were before the last one are over (accounts/operating/suspending.py).
    suspensions = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_taken_whatever_the_capitals")
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email.partition("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is good for: this password, and no suspension since."""
        salt = f"openslot.accounts.sessions.{self.suspensions}"
        if not self.suspensions:
            return super()._get_session_auth_hash(secret)  # type: ignore[misc, no-any-return]
        return salted_hmac(salt, self.password, secret=secret, algorithm="sha256").hexdigest()

    def set_password(self, raw_password: str | None) -> None:
        """What was handed out before a new password (the feed's address) ends with the old one."""
        super().set_password(raw_password)
        self.credentials_version += 1

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_provider(self) -> bool:
        offering: Any = User._meta.get_field("provider")
        if not offering.is_cached(self):
            found = OFFERING.first(user=self.pk)
            offering.set_cached_value(self, found)
            if found is not None:
                found.user = self
        return hasattr(self, "provider")

    @property
    def face(self) -> ImageFieldFile:
        """The picture that stands for them: their own, else that of their practice."""
        return self.photo or (self.provider.photo if self.is_provider else self.photo)


OF_ID = Composed(lambda id: User.objects.filter(pk=id), id=uuid.UUID)  # noqa: A006
OFFERING: Composed[Any] = Composed(  # what they are as a provider
    lambda user: apps.get_model("accounts.provider")._default_manager.filter(user=user),
    user=uuid.UUID,
)


class AddressCode(models.Model):
    """That digits were mailed to an address, and how often wrong ones were typed since."""

    email = AddressField(max_length=254, unique=True)
    nonce = models.UUIDField(default=uuid.uuid4)
    asked_at = models.DateTimeField(default=now)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"digits asked for at {self.asked_at}"

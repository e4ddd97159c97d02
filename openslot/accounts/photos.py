"""Pictures of people, kept and taken away; what a picture is made into stands in pictures.py."""

from __future__ import annotations

import uuid
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext

from openslot.accounts import locks, pictures
from openslot.accounts.models import Provider, User
from openslot.kernel.errors import Invalid


def put(owner: User | Provider, upload: BinaryIO) -> None:
    """Keep the picture in place of the one before. Raises `Invalid` beside `photo`, or `Busy`."""
    picture = pictures.portrait(_read(upload))
    made: list[str] = []
    try:
        with transaction.atomic():
            row = _locked(owner)
            before = row.photo.name
            row.photo.save(f"{uuid.uuid4().hex}.webp", ContentFile(picture), save=False)
            made.append(row.photo.name or "")
            row.save(update_fields=["photo"])
            _forget(owner, before)
    except Exception:
        for name in made:
            owner.photo.storage.delete(name)
        raise
    owner.photo = row.photo.name


@transaction.atomic
def remove(owner: User | Provider) -> None:
    """Take the picture away, where there is one; its file goes when this is committed."""
    row = _locked(owner)
    before = row.photo.name
    row.photo = ""
    row.save(update_fields=["photo"])
    _forget(owner, before)
    owner.photo = ""


def _locked(owner: User | Provider) -> User | Provider:
    if isinstance(owner, User):
        return User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    return locks.provider(owner.pk)


def _forget(owner: User | Provider, name: str | None) -> None:
    if name:
        storage = owner.photo.storage
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _read(upload: BinaryIO) -> bytes:
    content = upload.read(settings.PHOTO_MAX_BYTES + 1)
    if len(content) > settings.PHOTO_MAX_BYTES:
        raise Invalid(photo=gettext("At most 5 MB."))
    return content

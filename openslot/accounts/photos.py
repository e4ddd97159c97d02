"""Pictures of people: whatever is sent becomes a small square WebP that says nothing else."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps

from openslot.accounts import locks
from openslot.accounts.models import Provider, User
from openslot.kernel.errors import Invalid

FORMATS = ("JPEG", "PNG", "WEBP")  # by content; names and types that browsers send prove nothing
PIXELS = 40_000_000  # of the picture that is sent: 160 MB of memory at most
SIDE = 512  # pixels of the picture that is kept
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    struct.error,
    zlib.error,
)


def put(owner: User | Provider, upload: BinaryIO) -> None:
    """Keep the picture in place of the one before. Raises `Invalid` beside `photo`."""
    picture = _encoded(_read(upload))
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
        raise Invalid(photo="At most 5 MB.")
    return content


def _encoded(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise Invalid(photo="This picture has too many pixels.")
            return _square(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise Invalid(photo="This picture has too many pixels.") from exc
    except BROKEN as exc:
        raise Invalid(photo="This is not a JPEG, PNG or WebP picture.") from exc


def _square(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is decoded small
    upright = ImageOps.exif_transpose(image)
    clean = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    side = min(SIDE, *clean.size)
    small = ImageOps.fit(clean, (side, side))
    small.info = {}  # position, camera, comments: none of it is kept
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()

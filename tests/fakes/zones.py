"""A release of the tz database of our own making, in a folder that this process reads first."""

import struct
import zoneinfo
from contextlib import contextmanager

ABBREVIATIONS = {60: b"CET\0", 120: b"CEST\0"}


def compiled(transitions, *, footer):
    """A TZif file (RFC 9636): from when on clocks are so many minutes ahead; afterwards the footer."""
    offsets = sorted({60, *(offset for _, offset in transitions)})
    names = b"".join(ABBREVIATIONS[offset] for offset in offsets)
    types = b"".join(
        struct.pack(">lbb", offset * 60, offset > 60, names.index(ABBREVIATIONS[offset]))
        for offset in offsets
    )
    times = b"".join(struct.pack(">q", int(at.timestamp())) for at, _ in transitions)
    which = bytes(offsets.index(offset) for _, offset in transitions)
    first = _head(0, 1, 1) + struct.pack(">lbb", 0, 0, 0) + b"\0"
    second = _head(len(transitions), len(offsets), len(names)) + times + which + types + names
    return first + second + f"\n{footer}\n".encode()


def _head(times, types, letters):
    return b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, times, types, letters)


@contextmanager
def release(folder, **zones):
    """Processes that start now read these zones (`Europe_Vaduz=…`), and all others as before.

    Take a zone that no other test names: whoever holds one of before holds another object.
    """
    for name, content in zones.items():
        file = folder / name.replace("_", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(folder), *before])
    names = [name.replace("_", "/") for name in zones]
    zoneinfo.ZoneInfo.clear_cache(only_keys=names)
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache(only_keys=names)

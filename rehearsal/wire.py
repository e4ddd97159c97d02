"""A wire between two network devices that can be slow and lose frames.

`python -m rehearsal.wire A B` makes the two devices and carries frames from one to the other until
its input ends. A line `DELAY LOSS` (seconds each way, a share) changes what it does from then on.
`tc netem` would do the same where the kernel has it, and many do not.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time
from itertools import count

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME = 65536
MOST_WAITING = 20_000  # frames: what comes beyond is lost, as in a router's queue


class Wire:
    def __init__(self, *devices: str) -> None:
        self.ends = [_device(name) for name in devices]
        self.other = dict(zip(self.ends, reversed(self.ends), strict=True))
        self.delay = self.loss = 0.0
        self.waiting: list[tuple[float, int, int, bytes]] = []
        self.numbers = count()

    def carry(self) -> None:
        """Until the input ends."""
        while True:
            ready, _, _ = select.select([*self.ends, sys.stdin.fileno()], [], [], self._pause())
            for each in ready:
                if each in self.other:
                    self._take(each)
                elif not self._told():
                    return
            self._hand_over()

    def _pause(self) -> float | None:
        return max(0.0, self.waiting[0][0] - time.monotonic()) if self.waiting else None

    def _told(self) -> bool:
        line = os.read(sys.stdin.fileno(), FRAME).decode()
        if line:
            self.delay, self.loss = map(float, line.splitlines()[-1].split())
        return bool(line)

    def _take(self, end: int) -> None:
        frame = os.read(end, FRAME)
        if len(self.waiting) < MOST_WAITING and random.random() >= self.loss:
            due = time.monotonic() + self.delay
            heapq.heappush(self.waiting, (due, next(self.numbers), self.other[end], frame))

    def _hand_over(self) -> None:
        while self.waiting and self.waiting[0][0] <= time.monotonic():
            *_, end, frame = heapq.heappop(self.waiting)
            try:
                os.write(end, frame)
            except OSError:  # a device that is down takes nothing
                continue


def _device(name: str) -> int:
    opened = os.open("/dev/net/tun", os.O_RDWR)
    asked = struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI)
    fcntl.ioctl(opened, TUNSETIFF, asked)
    return opened


if __name__ == "__main__":
    wire = Wire(*sys.argv[1:3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    wire.carry()

"""Processor time of a process and all that it has started, by the kernel's own count."""

from __future__ import annotations

from collections.abc import Mapping

import psutil


def seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """So far, by the names that the processes are given."""
    return {name: _seconds(pid) for name, pid in processes.items()}


def _seconds(pid: int) -> float:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(each.cpu_times()[:2]) for each in family)

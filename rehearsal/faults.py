"""What becomes of the cluster while people book, each fault until everything is whole again."""

from __future__ import annotations

import time
from collections.abc import Callable

from rehearsal.cluster import DATABASES, Cluster, until

SLOW, LOSS = 0.2, 0.02  # seconds each way, and the share of frames that is lost
SHORT, LONG = 3, 15  # seconds for which something is away, or goes badly
LEASE = 45  # of a worker that says nothing, until its jobs are given to others; and more


def primary_dies(cluster: Cluster) -> None:
    """Everything on its host at once; the other one is promoted, and it comes back as a standby."""
    gone = _leader(cluster)
    cluster.programs.kill_host(gone)
    until(lambda: cluster.leader() == _other(gone), "the standby to be promoted")
    time.sleep(SHORT)
    cluster.programs.start_host(gone)
    _whole_again(cluster)


def primary_is_cut_off(cluster: Cluster) -> None:
    """It lives, and reaches nobody: it must not take a booking that the other one does not know."""
    gone = _leader(cluster)
    cluster.network.cut(gone)
    until(lambda: cluster.leader() == _other(gone), "the standby to be promoted")
    time.sleep(SHORT)
    cluster.network.join(gone)
    _whole_again(cluster)


def web_is_cut_off(cluster: Cluster) -> None:
    _away(cluster, "web1", LONG)


def worker_is_cut_off(cluster: Cluster) -> None:
    _away(cluster, "worker1", LEASE)


def standby_is_slow(cluster: Cluster) -> None:
    standby = _other(_leader(cluster))
    cluster.network.slow(standby, delay=SLOW, loss=LOSS)
    time.sleep(LONG)
    cluster.network.slow(standby, delay=0, loss=0)
    _whole_again(cluster)


def standby_is_cut_off(cluster: Cluster) -> None:
    _away(cluster, _other(_leader(cluster)), LONG)


def pgbouncer_dies(cluster: Cluster) -> None:
    _dies(cluster, "pgbouncer")


def haproxy_dies(cluster: Cluster) -> None:
    _dies(cluster, "haproxy")


def _away(cluster: Cluster, host: str, seconds: float) -> None:
    cluster.network.cut(host)
    time.sleep(seconds)
    cluster.network.join(host)
    _whole_again(cluster)


def _dies(cluster: Cluster, name: str) -> None:
    cluster.programs.kill(name)
    time.sleep(SHORT)
    cluster.programs.start(name)
    _whole_again(cluster)


def _whole_again(cluster: Cluster) -> None:
    until(cluster.is_whole, "a primary and its standby")
    until(cluster.is_ready, "both webs")
    until(cluster.works, "both workers")


def _leader(cluster: Cluster) -> str:
    until(lambda: cluster.leader() is not None, "a primary")
    return cluster.leader() or DATABASES[0]


def _other(host: str) -> str:
    return next(each for each in DATABASES if each != host)


FAULTS: dict[str, Callable[[Cluster], None]] = {
    "the primary's host dies": primary_dies,
    "the primary is cut off": primary_is_cut_off,
    "the standby is slow": standby_is_slow,
    "the standby is cut off": standby_is_cut_off,
    "a web is cut off": web_is_cut_off,
    "a worker is cut off": worker_is_cut_off,
    "PgBouncer dies": pgbouncer_dies,
    "HAProxy dies": haproxy_dies,
}

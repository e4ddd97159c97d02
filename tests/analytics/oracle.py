"""A provider's figures said a second time: slowly, minute by minute, and with no SQL.

Written from the contract alone. Everything is a list of plain values; no cleverness may come in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
COUNTED = {"confirmed", "completed", "no_show"}
STATUSES = ("pending", "confirmed", "completed", "no_show", "declined", "cancelled", "expired")


@dataclass
class Done:
    start: datetime
    end: datetime
    status: str
    amount: Decimal
    currency: str
    service: str
    customer: str


@dataclass
class Practice:
    zone: ZoneInfo
    week: list[tuple[int, time, time]]
    special: dict[date, list[tuple[time, time]]]
    away: list[tuple[datetime, datetime]]
    done: list[Done]

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def offered(self, first: date, last: date) -> set[datetime]:
        """Every minute that is offered, as the instant at which it begins."""
        minutes = set()
        day = first
        while day <= last:
            spans = self.special.get(
                day,
                [(start, end) for weekday, start, end in self.week if weekday == day.isoweekday()],
            )
            for start, end in spans:
                until = day if start < end else day + DAY
                moment = datetime.combine(day, start, self.zone).astimezone(UTC)
                stop = datetime.combine(until, end, self.zone).astimezone(UTC)
                while moment < stop:
                    if not any(begin <= moment < finish for begin, finish in self.away):
                        minutes.add(moment)
                    moment += MINUTE
            day += DAY
        return minutes

    def of(self, first: date, last: date) -> list[Done]:
        return [each for each in self.done if first <= self.local_date(each.start) <= last]


def minutes_of(done: Done) -> list[datetime]:
    return [done.start + n * MINUTE for n in range(int((done.end - done.start) / MINUTE))]


def rate(part: int, whole: int) -> float | None:
    if whole == 0:
        return None
    return float((Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def money(done: list[Done], status: str) -> list[dict[str, str]]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for each in done:
        if each.status == status:
            sums[each.currency] += each.amount
    digits = {"JPY": 0, "EUR": 2, "KWD": 3}
    return [{"amount": f"{sums[code]:.{digits[code]}f}", "currency": code} for code in sorted(sums)]


def figures(practice: Practice, first: date, last: date) -> dict[str, object]:
    """What an interval says."""
    done = practice.of(first, last)
    counted = [each for each in done if each.status in COUNTED]
    offered = practice.offered(first, last)
    booked = {minute for each in counted for minute in minutes_of(each)}
    return {
        "appointments": len(counted),
        "revenue": money(done, "completed"),
        "booked_minutes": sum(len(minutes_of(each)) for each in counted),
        "offered_minutes": len(offered),
        "utilisation": rate(len(booked & offered), len(offered)),
    }


def totals(practice: Practice, first: date, last: date) -> dict[str, object]:
    done = practice.of(first, last)
    kinds = Counter(each.status for each in done)
    kept = sum(kinds[status] for status in COUNTED)
    people = {each.customer for each in done if each.status in COUNTED}
    before = {
        each.customer
        for each in practice.done
        if each.status in COUNTED and practice.local_date(each.start) < first
    }
    return figures(practice, first, last) | {
        "by_status": {status: kinds[status] for status in STATUSES},
        "customers": len(people),
        "new_customers": len(people - before),
        "expected": money(done, "confirmed"),
        "missed": money(done, "no_show"),
        "cancellation_rate": rate(kinds["cancelled"], kinds["cancelled"] + kept),
        "no_show_rate": rate(kinds["no_show"], kinds["no_show"] + kinds["completed"]),
    }


def busiest(practice: Practice, first: date, last: date) -> list[dict[str, int]]:
    hours: Counter[tuple[int, int]] = Counter()
    for each in practice.of(first, last):
        if each.status in COUNTED:
            for minute in minutes_of(each):
                local = minute.astimezone(practice.zone)
                hours[local.isoweekday(), local.hour] += 1
    return [
        {"weekday": weekday, "hour": hour, "minutes": hours[weekday, hour]}
        for weekday, hour in sorted(hours)
    ]


def shares(practice: Practice, first: date, last: date, of: str) -> list[tuple[str, int, object]]:
    """By appointments, then name: the name, how many, and the money they brought."""
    done = [each for each in practice.of(first, last) if each.status in COUNTED]
    names = {getattr(each, of) for each in done}
    rows = []
    for name in names:
        mine = [each for each in done if getattr(each, of) == name]
        rows.append((name, len(mine), money(mine, "completed")))
    return sorted(rows, key=lambda row: (-row[1], row[0]))

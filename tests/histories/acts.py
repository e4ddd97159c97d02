"""What people do, each through the door that is said; every call is noted as it begins and ends."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from tests.histories import doors
from tests.histories.calls import Call, History
from tests.histories.people import CLOSES, HOUR, OPENS, STEP, House, Person, Service

SERIES = 3


class Acts:
    def __init__(self, house: House, history: History) -> None:
        self.house, self.history = house, history

    def _begin(self, person: Person, door: str, verb: str, provider: str, **asked: Any) -> Call:
        call = self.history.begin(
            who=person.name,
            door=door,
            verb=verb,
            provider=provider,
            begun=time.time(),
            user=person.user if person.kind == "customer" else "",
            asked=asked,
        )
        call.label = f"{verb} {call.number}"
        return call

    # Booking ----------------------------------------------------------------------------------

    def book(self, person: Person, door: str, of: Person, what: Service, start: float) -> Call:
        call = self._begin(person, door, "book", of.provider, **_place(what, start))
        if door == "page":
            return self._book_page(call, person, what, start)
        body = {"service": what.id, "start": stamp(start), "notes": call.label} | _whom(person)
        if person.hold.get("start") == start and "id" in person.hold:
            body["hold"] = person.hold["id"]
        made = self._api(call, person, "post", "appointments/", body, key=call.label)
        if made:
            self._made(call, made)
        return call

    def _book_page(self, call: Call, person: Person, what: Service, start: float) -> Call:
        fields = {"at": stamp(start), "notes": call.label}
        path = f"/p/{what.slug}/{what.id}/book/"
        if person.kind == "guest":
            fields |= {"name": person.name, "email": person.email}
        if person.kind == "provider":
            day, clock = stamp(start)[:10], stamp(start)[11:16]
            fields = {"service": what.id, "date": day, "time": clock, "first_name": "Walk in"}
            fields |= {"notes": call.label, "anyway": stamp(start)}
            path = "/provider/book/"
        to = self._page(call, person, path, fields, told=False)
        if to:
            self._learn(call, person, to)
        return call

    def _learn(self, call: Call, person: Person, to: str) -> None:
        """Which appointment it is that a page leads to."""
        if to.startswith("/guest/"):
            token = to.split("/")[2]
            shown = person.line.insist("get", f"/api/guest/appointments/{token}/").json()
            call.answer["appointment"] = shown["id"]
            self.house.tokens[shown["id"]] = token
        elif to.startswith("/appointments/"):
            call.answer["appointment"] = to.split("/")[2]

    def series(
        self, person: Person, door: str, of: Person, what: Service, start: float, how: str
    ) -> Call:
        """The same time on so many days."""
        call = self._begin(person, door, "series", of.provider, **_place(what, start))
        call.asked["how"] = how
        if door == "page":
            fields = {"at": stamp(start), "repeat": "daily", "times": SERIES, "clashes": how}
            fields |= {"notes": call.label}
            if person.kind == "guest":
                fields |= {"name": person.name, "email": person.email}
            self._page(call, person, f"/p/{what.slug}/{what.id}/book/several/", fields, told=False)
            if call.refused and call.code != "unread":
                call.code = "series_conflict"  # the page names the dates in words
            return call
        body = {"service": what.id, "start": stamp(start), "notes": call.label} | _whom(person)
        body |= {"recurrence": f"FREQ=DAILY;COUNT={SERIES}", "on_conflict": how}
        made = self._api(call, person, "post", "appointments/", body, key=call.label)
        if made:
            call.answer = {"skipped": _dates(made["skipped"]), "series": made["id"]}
            for each in made["occurrences"]:
                self._keep_token(each)
        elif "conflicts" in call.answer:
            call.answer["conflicts"] = _dates(call.answer["conflicts"])
        return call

    # Changing ---------------------------------------------------------------------------------

    def move(self, person: Person, door: str, row: dict[str, Any], start: float) -> Call:
        what = self._service(row)
        asked = _place(what, start) | {"appointment": row["id"], "start": start}
        call = self._begin(person, door, "move", row["provider"]["id"], **asked)
        if door == "page":
            fields = {"start": stamp(start), "anyway": stamp(start)}
            self._page(call, person, self._way(person, row, "reschedule"), fields, told=True)
        else:
            self._act(call, person, row, "reschedule", {"start": stamp(start)})
        return call

    def cancel(self, person: Person, door: str, row: dict[str, Any]) -> Call:
        return self._ended(person, door, row, "cancel")

    def decline(self, person: Person, door: str, row: dict[str, Any]) -> Call:
        return self._ended(person, door, row, "decline")

    def _ended(self, person: Person, door: str, row: dict[str, Any], verb: str) -> Call:
        asked = {"appointment": row["id"], "role": person.kind}
        call = self._begin(person, door, verb, row["provider"]["id"], **asked)
        said = {"reason": call.label}
        if door == "page":
            self._page(call, person, self._way(person, row, verb), said, told=True)
        else:
            self._act(call, person, row, verb, said)
        return call

    def accept(self, person: Person, door: str, row: dict[str, Any]) -> Call:
        asked = {"appointment": row["id"], "role": person.kind}
        call = self._begin(person, door, "accept", row["provider"]["id"], **asked)
        if door == "page":
            self._page(call, person, self._way(person, row, "accept"), {}, told=True)
        else:
            self._act(call, person, row, "accept", {})
        return call

    def _act(
        self, call: Call, person: Person, row: dict[str, Any], action: str, sent: dict[str, Any]
    ) -> None:
        where = f"appointments/{row['id']}"
        if person.kind == "guest":
            where = f"guest/appointments/{self.house.tokens[row['id']]}"
        made = self._api(call, person, "post", f"{where}/{action}/", sent)
        if made:
            call.answer = {"appointment": made["id"], "version": made["version"]}

    def _way(self, person: Person, row: dict[str, Any], action: str) -> str:
        if person.kind == "guest":
            return f"/guest/{self.house.tokens[row['id']]}/{action}/"
        return f"/appointments/{row['id']}/{action}/"

    # A provider's time ------------------------------------------------------------------------

    def away(self, person: Person, door: str, start: float, end: float, conflicts: str) -> Call:
        call = self._begin(person, door, "away", person.provider, spans=[(start, end)])
        if door == "page":
            fields = {"start": stamp(start)[:10], "start_time": stamp(start)[11:16]}
            fields |= {"end": stamp(end)[:10], "end_time": stamp(end)[11:16]}
            fields |= {"reason": call.label, "conflicts": conflicts}
            self._page(call, person, "/provider/time-off/take/", fields, told=False)
            return call
        body = {"start": stamp(start), "end": stamp(end), "reason": call.label}
        made = self._api(
            call, person, "post", "provider/time-off/", body | {"conflicts": conflicts}
        )
        if made:
            call.answer = {"id": made["id"], "conflicts": made["conflicts"]}
            person.offs.append(made["id"])
        return call

    def back(self, person: Person, door: str, off: str) -> Call:
        call = self._begin(person, door, "back", person.provider, id=off)
        if door == "page":
            self._page(call, person, f"/provider/time-off/{off}/give-back/", {}, told=False)
        else:
            self._api(call, person, "delete", f"provider/time-off/{off}/")
        return call

    # Holding ----------------------------------------------------------------------------------

    def hold(self, person: Person, door: str, of: Person, what: Service, start: float) -> Call:
        call = self._begin(person, door, "hold", of.provider, **_place(what, start))
        person.hold = {"start": start, "of": of, "what": what}
        if door == "page":
            self._hold_page(call, person, what, start)
            return call
        made = self._api(
            call, person, "post", "holds/", {"service": what.id, "start": stamp(start)}
        )
        if made:
            call.answer = {"id": made["id"], "expires": seconds(made["expires_at"])}
            person.hold["id"] = made["id"]
        return call

    def _hold_page(self, call: Call, person: Person, what: Service, start: float) -> None:
        fields = {"service": what.id, "at": stamp(start)}
        if person.kind == "guest" and not person.line.session.cookies.get("hold"):
            # The page with the form comes first, and with it what a browser is known by.
            person.line.insist("get", f"/p/{what.slug}/{what.id}/book/?at={stamp(start)}")
        call.begun = time.time()
        answer = doors.deliver(call, person.line.form("/hold/", fields), again=False)
        if answer is None:
            return
        if 'name="hold"' in answer.text:
            call.outcome = doors.DONE
            person.hold["id"] = answer.text.split('value="')[1].split('"')[0]
            call.answer = {"id": person.hold["id"]}
        else:
            doors._refused(call, answer.status_code, doors._read(answer.text))

    def release(self, person: Person, of: Person) -> Call:
        held = person.hold.pop("id")
        call = self._begin(person, "api", "release", of.provider, id=held)
        self._api(call, person, "delete", f"holds/{held}/")
        return call

    # Looking ----------------------------------------------------------------------------------

    def free(self, person: Person, of: Person, what: Service, day: float) -> Call:
        """The times that a stranger is shown."""
        grid = range(int((CLOSES - OPENS) * HOUR // STEP))
        starts = [day + OPENS * HOUR + n * STEP for n in grid]
        spans = [(start, start + what.minutes * 60.0) for start in starts]
        spans = [span for span in spans if span[1] <= day + CLOSES * HOUR]
        call = self._begin(
            person, "api", "free", of.provider, spans=spans, before=what.before, after=what.after
        )
        date = stamp(day)[:10]
        path = f"/api/providers/{what.slug}/availability/"
        asked = {"service": what.id, "start": date, "end": date, "timezone": "UTC"}
        assert person.spare is not None
        spare = person.spare
        answer = doors.deliver(call, lambda: spare.ask("get", path, params=asked), again=False)
        shown = doors.judge_api(call, answer)
        if shown:
            slots = shown["days"][0]["slots"]
            call.answer = {"slots": [(seconds(s["start"]), seconds(s["end"])) for s in slots]}
        return call

    def look(self, person: Person, row: dict[str, Any]) -> Call:
        asked = {"appointment": row["id"]}
        call = self._begin(person, "api", "look", row["provider"]["id"], **asked)
        where = f"appointments/{row['id']}/"
        if person.kind == "guest":
            where = f"guest/appointments/{self.house.tokens[row['id']]}/"
        shown = self._api(call, person, "get", where)
        if shown:
            call.answer = {"appointment": shown["id"], "version": shown["version"]}
        return call

    def agenda(self, person: Person, day: float) -> list[dict[str, Any]]:
        """What stands on a provider's day."""
        call = self._begin(person, "api", "agenda", person.provider)
        path = "appointments/?as=provider&status=pending&status=confirmed&page_size=100"
        path += f"&from={stamp(day)[:10]}&to={stamp(day)[:10]}"
        shown = self._api(call, person, "get", path)
        return shown["results"] if shown else []

    # Sending ----------------------------------------------------------------------------------

    def _api(
        self, call: Call, person: Person, method: str, path: str, body: Any = None, key: str = ""
    ) -> Any:
        send = person.line.api(method, path, body, key)
        call.begun = time.time()
        return doors.judge_api(call, doors.deliver(call, send, again=bool(key)))

    def _page(
        self, call: Call, person: Person, path: str, fields: dict[str, Any], *, told: bool
    ) -> str:
        send = person.line.form(path, fields)
        call.begun = time.time()
        answer = doors.deliver(call, send, again=True)
        return doors.judge_page(call, answer, person.line, told=told)

    def _made(self, call: Call, made: dict[str, Any]) -> None:
        call.answer = {"appointment": made["id"], "version": made["version"]}
        self._keep_token(made)

    def _keep_token(self, made: dict[str, Any]) -> None:
        if "manage_token" in made:
            self.house.tokens[made["id"]] = made["manage_token"]

    def _service(self, row: dict[str, Any]) -> Service:
        sold = (each for of in self.house.providers for each in of.services)
        return next(each for each in sold if each.id == row["service"]["id"])


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _place(what: Service, start: float) -> dict[str, Any]:
    span = (start, start + what.minutes * 60.0)
    return {"spans": [span], "before": what.before, "after": what.after}


def _whom(person: Person) -> dict[str, Any]:
    """A guest says who asks, a provider for whom it is."""
    if person.kind == "guest":
        return {"guest": {"email": person.email, "first_name": person.name, "last_name": ""}}
    return {"customer": {"first_name": "Walk in"}} if person.kind == "provider" else {}


def _dates(skipped: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"start": seconds(each["start"]), "reason": each["reason"]} for each in skipped]

"""Google's own description of its calendar, as a judge of every request and every answer.

The document comes with google-api-python-client, a dependency of development; no copy is kept here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from openslot.devtools.google.errors import Refused, invalid

Json = dict[str, Any]
PREFIX = "/calendar/v3/"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True)
class Method:
    """One call of the API, such as `calendar.events.insert`."""

    id: str
    verb: str
    path: str
    parameters: Json
    scopes: frozenset[str]
    request: str
    response: str

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the path's placeholders where it is this method's."""
        matched = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path), path)
        return (
            {name: unquote(value) for name, value in matched.groupdict().items()}
            if matched
            else None
        )


@cache
def document() -> Json:
    package = resources.files("googleapiclient.discovery_cache.documents")
    described: Json = json.loads(package.joinpath("calendar.v3.json").read_text(encoding="utf-8"))
    return described


@cache
def methods() -> tuple[Method, ...]:
    """All of them; those with fewer placeholders first, as `events/import` is no event."""
    return tuple(sorted(_methods(), key=lambda method: method.path.count("{")))


def _methods() -> Iterator[Method]:
    for resource in document()["resources"].values():
        for method in resource["methods"].values():
            yield Method(
                id=method["id"],
                verb=method["httpMethod"],
                path=method["path"],
                parameters=method.get("parameters", {}) | document()["parameters"],
                scopes=frozenset(method.get("scopes", ())),
                request=method.get("request", {}).get("$ref", ""),
                response=method.get("response", {}).get("$ref", ""),
            )


def find(verb: str, path: str) -> tuple[Method, dict[str, str]]:
    """The method of a path (still percent-encoded) below `/calendar/v3/`. Raises `Refused`."""
    for method in methods():
        values = method.match(path.removeprefix(PREFIX))
        if method.verb == verb and values is not None:
            return method, values
    raise Refused(404, "notFound")


def query(method: Method, pairs: Iterable[tuple[str, str]]) -> Json:
    """The parameters of the query, each of its type. Raises `Refused` for what is not described."""
    read: Json = {}
    for name, text in pairs:
        described = method.parameters.get(name)
        if described is None or described.get("location") == "path":
            raise Refused(400, "badRequest", f"Unknown parameter {name}", location=name)
        value = _value(name, text, described)
        if described.get("repeated"):
            read.setdefault(name, []).append(value)
        elif name in read:
            raise invalid(f"{name} is given twice", name)
        else:
            read[name] = value
    for name, described in method.parameters.items():
        if described.get("required") and described["location"] == "query" and name not in read:
            raise Refused(400, "required", f"Required parameter: {name}", location=name)
    return read


def _value(name: str, text: str, described: Json) -> Any:
    if described["type"] == "boolean":
        if text.lower() not in BOOLEANS:
            raise invalid(f"Invalid boolean value: '{text}'.", name)
        return BOOLEANS[text.lower()]
    if described["type"] == "integer":
        low, high = (
            int(described.get(edge, at)) for edge, at in (("minimum", 0), ("maximum", 2**31))
        )
        if not re.fullmatch(r"-?\d+", text) or not low <= int(text) <= high:
            raise invalid(f"Invalid integer value: '{text}'.", name)
        return int(text)
    if text not in described.get("enum", [text]):
        raise invalid(f"Invalid string value: '{text}'.", name)
    if described.get("format") == "date-time" and not RFC3339.fullmatch(text):
        raise Refused(400, "badRequest", f"Invalid value for: {name}", location=name)
    return text


def check_body(method: Method, body: Any) -> None:
    """Raises `Refused` for a key or a type that Google does not describe."""
    if not method.request:
        return
    if not isinstance(body, dict):
        raise Refused(400, "parseError", "This API expects a JSON object.")
    for wrong in _validator(method.request, requests=True).iter_errors(body):
        where = ".".join(map(str, wrong.instance_path))
        raise Refused(400, "badRequest", f"{where or method.request}: {wrong.message}")
    for name, described in document()["schemas"][method.request]["properties"].items():
        if method.id in described.get("annotations", {}).get("required", ()) and name not in body:
            raise Refused(400, "required", f"Missing {name}.")


def faults_of(method: Method, answer: Any) -> list[str]:
    """What Google would never have answered so: of the emulator's own answers."""
    if not method.response:
        return ["an answer where Google gives none"] if answer is not None else []
    faults = _validator(method.response, requests=False).iter_errors(answer)
    return [f"{'.'.join(map(str, wrong.instance_path))}: {wrong.message}" for wrong in faults]


@cache
def _validator(name: str, *, requests: bool) -> Any:
    schemas = {
        each: _schema(described, requests=requests)
        for each, described in document()["schemas"].items()
    }
    schema = {"$ref": f"#/$defs/{name}", "$defs": schemas}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def _schema(described: Json, *, requests: bool) -> Json:
    """JSON Schema of a description by Google, which is nearly that and older."""
    if "$ref" in described:
        translated: Json = {"$ref": f"#/$defs/{described['$ref']}"}
        return {"anyOf": [translated, {"type": "null"}]} if requests else translated
    kind = described.get("type", "any")
    schema: Json = {} if kind == "any" else {"type": [kind, "null"] if requests else kind}
    if described.get("format") == "int64":
        schema["pattern"] = r"^-?\d+$"
    elif "format" in described and not requests:  # without an offset where the zone is named
        schema["format"] = described["format"]
    if "enum" in described:
        schema["enum"] = described["enum"]
    if "items" in described:
        schema["items"] = _schema(described["items"], requests=requests)
    if "properties" in described:
        schema["properties"] = {
            each: _schema(inner, requests=requests)
            for each, inner in described["properties"].items()
        }
        schema["additionalProperties"] = False
    if "additionalProperties" in described:
        schema["additionalProperties"] = _schema(
            described["additionalProperties"], requests=requests
        )
    return schema

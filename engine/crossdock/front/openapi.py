"""The description of a project's addresses (OpenAPI 3.1), made from routes, contracts and the samples of their cases.

It says nothing that is not so: a body is described by a contract only where the address refuses what breaks it
(``check: true``); elsewhere anything is taken, and the contract is named for who wants to send what will pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from crossdock.canonical.contract import Contract
from crossdock.connector.endpoint import Endpoint, KeyRule, Style
from crossdock.front.idempotency import LONGEST
from crossdock.front.problem import PROBLEMS
from crossdock.front.standing import Standing
from crossdock.front.subscriptions import TOKEN
from crossdock.front.taken import Taken, taken_by
from crossdock.front.webhooks import SIGNATURE_HEADERS
from crossdock.route.compiled import CompiledRoute
from crossdock.route.project import Project

Json: TypeAlias = dict[str, object]

VERSION = "3.1.1"
_LARGEST_EXAMPLE = 64 * 1024
_MOST_EXAMPLES = 5
_JSON = "application/json"
_BINARY = "application/octet-stream"
_ID = {"type": "string", "format": "uuid", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


def description(root: Path, project: Project, routes: Iterable[CompiledRoute]) -> Json:
    """The description of the addresses of these routes."""
    served = [(route, route.endpoint) for route in routes if route.endpoint is not None and route.enabled]
    book = _Book(root)
    paths: Json = {one.path: {"post": book.operation(route, one)} for route, one in served}
    if served:
        paths["/messages/{id}"] = {"get": _standing_operation(served)}
    return {
        "openapi": VERSION,
        "info": {"title": project.name, "version": "1", **({"description": project.about} if project.about else {})},
        "paths": paths,
        "components": {
            "schemas": _SCHEMAS | book.schemas,
            "securitySchemes": _schemes(served),
        },
    }


class _Book:
    """Makes operations, and gathers the contracts they name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.schemas: Json = {}

    def operation(self, route: CompiledRoute, endpoint: Endpoint) -> Json:
        """One POST."""
        told: Json = {
            "operationId": route.name,
            "summary": route.about or f"Send to {route.name}",
            "parameters": list(_parameters(endpoint)),
            "requestBody": {"required": True, "content": self._content(route, endpoint)},
            "responses": _responses(endpoint),
            "security": _security(endpoint),
        }
        if endpoint.deprecated is not None:
            told["deprecated"] = True
        return told

    def _content(self, route: CompiledRoute, endpoint: Endpoint) -> Json:
        taken = taken_by(self._root, route)
        examples = dict(self._examples(route, taken))
        judged = self._schema(taken, check=endpoint.check)
        text: Json = {"type": "string", "minLength": 1}
        if taken.reads is not None:
            text["description"] = f"Read as {taken.reads}."
        return {
            media: {"schema": judged if media.endswith("json") else text, **_beside(examples, media)}
            for media in endpoint.accepts or (_media(route),)
        }

    def _schema(self, taken: Taken, *, check: bool) -> Json:
        contract = taken.contract
        if contract is None:
            return {} if taken.reads is None else {"description": f"Read as {taken.reads}."}
        name = self._kept(contract)
        if taken.split or not check or not taken.judged:
            return {"description": f"Becomes {contract.name}, see the schema '{name}'."}
        return {"$ref": f"#/components/schemas/{name}"}

    def _kept(self, contract: Contract) -> str:
        """Take a contract and its parts up under names of their own."""
        name = contract.name.replace("/", "_")
        if name not in self.schemas:
            schema: Json = {
                key: value for key, value in contract.json_schema().items() if key not in {"$schema", "$id"}
            }
            parts = schema.pop("$defs", {})
            self.schemas[name] = _moved(schema, name)
            if isinstance(parts, dict):
                self.schemas |= {f"{name}_{part}": _moved(one, name) for part, one in parts.items()}
        return name

    def _examples(self, route: CompiledRoute, taken: Taken) -> Iterator[tuple[str, Json]]:
        """From the cases of the route, or else from those of its mapping, or else from the contract."""
        for number, case in enumerate(route.cases, start=1):
            fine = case.expect_error is None and isinstance(case.given, str)
            value = _sample(self._root / str(case.given)) if fine else None
            if value is not None:
                yield f"case{number}", {"summary": case.about or str(case.given), "value": value}
        if route.cases:
            return
        given = [_sample(self._root / one) if isinstance(one, str) else _plain(one) for one in taken.samples]
        found = [one for one in given if one is not None][:_MOST_EXAMPLES]
        for number, value in enumerate(found, start=1):
            yield f"sample{number}", {"summary": f"Read as {taken.reads}", "value": value}
        if taken.contract is not None and not found:
            yield "contract", {"summary": taken.contract.about, "value": _plain(taken.contract.example())}


def _beside(examples: Mapping[str, Json], media: str) -> Json:
    """The examples that are of the media type: documents where it is JSON, texts elsewhere."""
    fitting = {name: one for name, one in examples.items() if isinstance(one["value"], str) != media.endswith("json")}
    return {"examples": fitting} if fitting else {}


def _media(route: CompiledRoute) -> str:
    return route.opening.codec.content_type if route.opening.codec is not None else _BINARY


def _sample(file: Path) -> object:
    """A sample as JSON, or as text; None where it is neither, or large."""
    data = file.read_bytes() if file.is_file() and file.stat().st_size <= _LARGEST_EXAMPLE else b""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    try:
        value: object = json.loads(text)
    except ValueError:
        return text or None
    return value


def _plain(document: object) -> object:
    return json.loads(json.dumps(document, default=float))


def _moved(schema: object, name: str) -> object:
    """The schema with references to where its parts are now."""
    if isinstance(schema, dict):
        return {
            key: f"#/components/schemas/{name}_{value.removeprefix('#/$defs/')}"
            if key == "$ref" and isinstance(value, str) and value.startswith("#/$defs/")
            else _moved(value, name)
            for key, value in schema.items()
        }
    return [_moved(one, name) for one in schema] if isinstance(schema, list) else schema


def _parameters(endpoint: Endpoint) -> Iterator[Json]:
    if endpoint.key is not KeyRule.OFF and endpoint.access.webhook is None:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": endpoint.key is KeyRule.REQUIRED,
            "description": "The same for every try of one document. A second try is answered as the first was.",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": _KEY},
        }
    for name in endpoint.keep:
        yield {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}


#: ``idempotency.key_of`` takes these bare, and what a Structured Fields string quotes.
_KEY = r"^[!#-+.-:<-\[\]-~-]+$"


def _responses(endpoint: Endpoint) -> Json:
    told: Json = {"202": _taken(endpoint)}
    if endpoint.reply is not None:
        about = "What it came to." if endpoint.reply.of is None else "The answer."
        content: Json = {_JSON: {"schema": {"$ref": "#/components/schemas/Standing"}}}
        told["200"] = {"description": about} | ({"content": content} if endpoint.reply.of is None else {})
    if _shakes_hands(endpoint):
        about = f"To a handshake (?{TOKEN}=…, without a body): the token again; nothing is taken in."
        told["200"] = {"description": about, "content": {"text/plain": {"schema": {"type": "string"}}}}
    for status in sorted({one.status for one in PROBLEMS.values()} - {404, 431}):
        titles = [one.title for one in PROBLEMS.values() if one.status == status]
        told[str(status)] = _problem("; or ".join(titles))
    return told


def _shakes_hands(endpoint: Endpoint) -> bool:
    hook = endpoint.access.webhook
    return hook is not None and hook.style is Style.BUSINESS_CENTRAL


def _taken(endpoint: Endpoint) -> Json:
    headers: Json = {"Location": {"description": "Where to ask how it stands.", "schema": {"type": "string"}}}
    if endpoint.deprecated is not None:
        headers["Deprecation"] = {"description": "RFC 9745.", "schema": {"type": "string"}}
    if endpoint.sunset is not None:
        headers["Sunset"] = {"description": "RFC 8594.", "schema": {"type": "string"}}
    return {
        "description": "Taken: it is on disk, and is not lost.",
        "headers": headers,
        "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Taken"}}},
        "links": {"standing": {"operationId": "standing", "parameters": {"id": "$response.body#/id"}}},
    }


def _problem(about: str) -> Json:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": about, "content": {"application/problem+json": schema}}


def _standing_operation(served: Iterable[tuple[CompiledRoute, Endpoint]]) -> Json:
    ways = {json.dumps(one): one for _, endpoint in served for one in _security(endpoint)}
    return {
        "operationId": "standing",
        "summary": "How a message stands that you sent",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": _ID}],
        "responses": {
            "200": {
                "description": "How it stands.",
                "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Standing"}}},
            },
            **{status: _problem(about) for status, about in _STANDING_PROBLEMS.items()},
        },
        "security": [*ways.values()],
    }


_STANDING_PROBLEMS = {
    "400": "The request is malformed",
    "401": "The request does not say who asks",
    "404": "There is no such message that you sent",
    "405": PROBLEMS["W102"].title,
    "503": PROBLEMS["W121"].title,
}


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    access = endpoint.access
    ways: list[dict[str, list[str]]] = []
    if access.keys:
        ways += [{"key": []}, {"bearer": []}]
    if access.tokens:
        ways.append({"token": []})
    if access.webhook and access.webhook.style in SIGNATURE_HEADERS:
        ways.append({f"signature-{access.webhook.style}": []})
    if access.certificates is not None:
        ways.append({"certificate": []})
    return ways or [{}]


def _schemes(served: Iterable[tuple[CompiledRoute, Endpoint]]) -> Mapping[str, object]:
    used = {name for _, endpoint in served for way in _security(endpoint) for name in way}
    known: Json = {
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key of crossdock."},
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "certificate": {"type": "mutualTLS"},
        **{
            f"signature-{style}": {"type": "apiKey", "in": "header", "name": header}
            for style, header in SIGNATURE_HEADERS.items()
        },
    }
    return {name: known[name] for name in sorted(used)}


_FINDING: Json = {
    "type": "object",
    "properties": {
        "code": {"type": "string"},
        "severity": {"type": "string"},
        "message": {"type": "string"},
        "place": {"type": "object", "description": "Where: line and column, segment and element, or a JSON pointer."},
        "value": {"type": "string"},
        "hint": {"type": "string"},
        "rule": {"type": "string"},
    },
}
_SCHEMAS: Json = {
    "Taken": {
        "oneOf": [
            {
                "type": "object",
                "required": ["id", "status"],
                "properties": {"id": _ID, "status": {"type": "string"}},
            },
            {
                "type": "object",
                "required": ["messages"],
                "properties": {"messages": {"type": "array", "items": {"type": "object"}}},
            },
            {"$ref": "#/components/schemas/Standing"},
        ]
    },
    "Standing": {
        "type": "object",
        "required": ["id", "standing", "final", "work", "findings"],
        "properties": {
            "id": _ID,
            "standing": {"type": "string", "enum": [str(one) for one in Standing]},
            "final": {"type": "boolean", "description": "Whether nothing moves any more without a person."},
            "accepted": {"type": ["string", "null"], "format": "date-time"},
            "settled": {"type": ["string", "null"], "format": "date-time"},
            "work": {"type": "object", "additionalProperties": {"type": "integer"}},
            "complete": {"type": "boolean"},
            "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        },
    },
    "Finding": _FINDING,
    "Problem": {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "instance": {"type": "string"},
            "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        },
    },
}

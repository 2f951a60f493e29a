"""The parts of the language that a type alone does not tell: what may stand as a step, a source, a destination, a codec.

Each is a definition of its own, made from what is registered: built-in, installed beside it, or a project's own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import BaseModel

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.codecs.contract import AnyCodecKind
from crossdock.connector import Connector
from crossdock.ops.schemas.authored import (
    BESIDE,
    REFERENCE,
    Places,
    Schema,
    either,
    keys,
    only_if_known,
    or_nothing,
    told,
    words,
)
from crossdock.ops.schemas.names import PREFLIGHT
from crossdock.ops.schemas.words import about_model
from crossdock.partner.preflight.choice import Wish
from crossdock.route.compile import EXPECT
from crossdock.route.expectation import Expectation
from crossdock.route.spec import CaseSpec, DestinationSpec
from crossdock.route.steps import STEPS
from crossdock.route.steps.check import Rule
from crossdock.route.steps.choose import Branch
from crossdock.route.steps.contract import AnyStepKind

Model: TypeAlias = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Made:
    """Schemas by model: each refers to a definition, or is whole itself."""

    by_model: Mapping[Model, Schema]
    definitions: Mapping[str, Schema]

    def whole(self, model: Model) -> Schema:
        """The schema of a model with its keys."""
        one = self.by_model[model]
        while "properties" not in one:  # what a model says of its own files is the first of what may stand there
            one = self.definitions[one["$ref"].rpartition("/")[2]] if "$ref" in one else one["anyOf"][0]
        return one


def of(name: str) -> Schema:
    """Whatever the definition of that name takes."""
    return {"$ref": f"#/definitions/{name}"}


def _list_of(name: str, least: int = 0) -> Schema:
    return {"type": "array", "items": of(name), **({"minItems": least} if least else {})}


_SAMPLES: Schema = {BESIDE: either(of("sample"), {"type": "array", "items": of("sample")})}
_OUTPUTS: Schema = {BESIDE: {"type": "object", "additionalProperties": of("sample")}}

#: By model and key, what stands there. A key of a model that others extend is meant in those as well.
PLACES: Final[Places] = {
    ("RouteSpec", "from"): of("source"),
    ("RouteSpec", "steps"): _list_of("step"),
    ("RouteSpec", "to"): _list_of("destination"),
    ("RouteSpec", "cases"): _list_of("case"),
    ("DestinationSpec", "map"): {BESIDE: of("mapping")},
    ("DestinationSpec", "encode"): of("codec"),
    ("Question", "map"): {BESIDE: of("mapping")},
    ("Question", "encode"): of("codec"),
    ("Question", "fallback"): either(words(["cached", "hold"]), keys({"value": {}}, ["value"])),
    ("CaseSpec", "given"): _SAMPLES,
    ("CaseSpec", "with"): _SAMPLES,
    ("CaseSpec", "through"): either({"type": "boolean"}, _list_of("route", 1)),
    ("CaseSpec", "expect"): _OUTPUTS,
    ("NamedMapping", "mapping"): of("mapping"),
    ("Decode", "codec"): of("codec"),
    ("Encode", "codec"): of("codec"),
    ("Validate", "contract"): words(sorted(CONTRACTS)),
    ("Lookup", "table"): of("table"),
    ("Tap", "topic"): of("topic"),
    ("Choose", "branches"): _list_of("branch", 1),
    ("Branch", "steps"): _list_of("step"),
    ("Branch", "to"): _list_of("destination"),
    ("Otherwise", "steps"): _list_of("step"),
    ("Otherwise", "to"): _list_of("destination"),
    ("Check", "rules"): _list_of("rule", 1),
    ("Receives", "map"): {BESIDE: of("mapping")},
    ("Receives", "validate"): words(sorted(CONTRACTS)),
    ("Receives", "topic"): of("topic"),
    ("Receives", "test_topic"): of("topic"),
    ("Sends", "map"): {BESIDE: of("mapping")},
    ("Sends", "on"): of("topic"),
    ("Profile", "channel"): of("channel"),
    ("MappingFile", "extends"): of("mapping"),
    ("MappingFile", "from"): of("form"),
    ("MappingFile", "to"): of("form"),
    ("MappingFile", "fields"): of("fields"),
    ("MappingCase", "given"): _SAMPLES,
    ("MappingCase", "expect"): _SAMPLES,
    ("FixedOptions", "layout"): of("layout"),
}


#: Formats of archives, which steps take as a word or as a key.
_FORMATS: Final = {"pack": ["gzip", "zip"], "unpack": ["gzip", "zip"]}


@dataclass(frozen=True, slots=True)
class Language:
    """What is registered, by name."""

    connectors: Mapping[str, Connector]
    codecs: Mapping[str, AnyCodecKind]

    def models(self) -> Iterator[Model]:
        """Every model that a definition is made of."""
        yield from (Expectation, DestinationSpec, CaseSpec, Branch, Rule, Wish)
        yield from (kind.config for kind in STEPS.values())
        yield from (one.options for one in self.codecs.values())
        for one in self.connectors.values():
            kinds = (one.source, one.endpoint, one.sink, one.call)
            yield from (kind.options for kind in kinds if kind is not None)

    def definitions(self, made: Made) -> dict[str, Schema]:
        """The definitions by name."""
        parts = _Parts(self, made)
        return {
            "source": parts.source(),
            "step": parts.step(),
            "destination": parts.destination(),
            "channel": parts.channel(),
            "codec": parts.codec(),
            "case": made.by_model[CaseSpec],
            "branch": made.by_model[Branch],
            "rule": parts.rule(),
        }


@dataclass(frozen=True, slots=True)
class _Parts:
    language: Language
    made: Made

    def source(self) -> Schema:
        """One connector or a topic, and beside it what is expected of it."""
        topics = either(of("topic"), {"type": "array", "items": of("topic"), "minItems": 1})
        found = {"topic": told(topics, "One topic or a list of them; `*` stands for any one word.")}
        for name, one in self.language.connectors.items():
            kinds = [kind for kind in (one.source, one.endpoint) if kind is not None]
            if kinds:
                found[name] = told(self._options(*(kind.options for kind in kinds)), one.about)
        found[EXPECT] = self.made.by_model[Expectation]
        alone, beside = {"minProperties": 1, "maxProperties": 1}, {"minProperties": 2, "maxProperties": 2}
        return only_if_known(keys(found), {"if": {"required": [EXPECT]}, "then": beside, "else": alone})

    def step(self) -> Schema:
        """One step by its name."""
        found = {name: told(self._step(kind), about_model(kind.config)) for name, kind in STEPS.items()}
        return {**keys(found), "minProperties": 1, "maxProperties": 1}

    def _step(self, kind: AnyStepKind) -> Schema:
        if kind.bare is not None:
            return self._key(kind, kind.bare)
        if kind.name in ("enrich", "call"):
            return self._asking(kind)
        if kind.name in _FORMATS:
            return either(keys(self._archive(kind)), words(_FORMATS[kind.name]))
        whole = self._or_empty(kind.config)
        return either(whole, self._key(kind, kind.shorthand)) if kind.shorthand is not None else whole

    def _archive(self, kind: AnyStepKind) -> dict[str, Schema]:
        """The keys, and the formats: each may be a key as well, which has the names of the files in it."""
        properties: dict[str, Schema] = self.made.whole(kind.config)["properties"]
        return {**{name: {"type": ["string", "null"]} for name in _FORMATS[kind.name]}, **properties}

    def _key(self, kind: AnyStepKind, name: str) -> Schema:
        schema: Schema = self.made.whole(kind.config)["properties"][name]
        return {key: value for key, value in schema.items() if key != "markdownDescription"}

    def _asking(self, kind: AnyStepKind) -> Schema:
        whole = self.made.whole(kind.config)
        asked = {
            name: told(self._options(one.call.options), one.about)
            for name, one in self.language.connectors.items()
            if one.call is not None
        }
        required = whole.get("then", {}).get("required", [])
        return only_if_known(
            keys({**whole["properties"], **asked}), {"required": required, **_exactly_one(asked, whole["properties"])}
        )

    def destination(self) -> Schema:
        """One connector or a topic, with the keys of a destination."""
        return self._going({name: self._options(one.sink.options) for name, one in self._sinks()})

    def channel(self) -> Schema:
        """A destination, or both ways over one login."""
        return self._going({name: self._both_ways(one) for name, one in self._sinks()})

    def _sinks(self) -> Iterator[tuple[str, Any]]:
        yield from ((name, one) for name, one in self.language.connectors.items() if one.sink is not None)

    def _going(self, sinks: Mapping[str, Schema]) -> Schema:
        topic = {"topic": told(of("topic"), "The topic it is published to; words in braces are expressions.")}
        about = {name: told(one, self.language.connectors[name].about) for name, one in sinks.items()}
        common = self.made.whole(DestinationSpec)["properties"]
        return only_if_known(keys({**about, **topic, **common}), _exactly_one({**about, **topic}, common, "topic"))

    def _both_ways(self, one: Connector) -> Schema:
        there = self._options(one.sink.options) if one.sink is not None else {}
        if one.source is None or one.sink is None:
            return there
        whole = [self.made.whole(kind.options).get("properties", {}) for kind in (one.source, one.sink)]
        way = either({"type": "string"}, {"type": "object"})
        folders = {
            "in": told(way, "The folder that is read: a path, or a path with options of its own."),
            "out": told(way, "The folder that is filled: a path, or a path with options of its own."),
        }
        login = {**keys({**whole[0], **whole[1], **folders}), "anyOf": [{"required": ["in"]}, {"required": ["out"]}]}
        return either(there, login)

    def _options(self, *models: Model) -> Schema:
        return either(*(self._or_empty(model) for model in models))

    def _or_empty(self, model: Model) -> Schema:
        """Nothing at all says as much as no keys do, where none has to be there."""
        required = any(info.is_required() for info in model.model_fields.values())
        return self.made.by_model[model] if required else or_nothing(self.made.by_model[model])

    def codec(self) -> Schema:
        """A codec by its name, or with its options."""
        found: dict[str, Schema] = {}
        for name, kind in self.language.codecs.items():
            options = self._or_empty(kind.options)
            if kind.shorthand is not None:
                options = either(options, self.made.whole(kind.options)["properties"][kind.shorthand])
            found[name] = told(options, kind.about)
        named = "|".join(map(re.escape, found))
        return {
            **keys(found),
            "type": ["string", "object"],
            "pattern": f"^({named})$|{REFERENCE}",
            "patternErrorMessage": f"Expected a codec: {', '.join(found)}.",
            "examples": list(found),
            "minProperties": 1,
            "maxProperties": 1,
        }

    def rule(self) -> Schema:
        """A condition of one's own, or a rule of the library."""
        wish = self.made.whole(Wish)["properties"]
        library = {
            "preflight": words(PREFLIGHT),
            **wish,
            "shape": of("form"),
            "partner": of("partner"),
            "set": either({"type": "string"}, {"type": "integer"}),
        }
        return either(self.made.by_model[Rule], keys(library, ["preflight"]))


def _exactly_one(choices: Mapping[str, Schema], beside: Collection[str], usual: str = "http") -> Schema:
    """One of these keys, and not two. Of none of them it is said that the usual one is missing."""
    none = {"propertyNames": {"enum": list(beside)}}
    return {"if": none, "then": {"required": [usual]}, "else": {"oneOf": [{"required": [name]} for name in choices]}}

"""Whatever stands in an option by mistake, in any connector, step or file: the finding is in words of authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

import msgspec
import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from crossdock.codecs.contract import CodecKind
from crossdock.codecs.fixed.spec import LayoutSpec
from crossdock.connector import Connector
from crossdock.errors import Finding
from crossdock.mapping.file import MappingFile
from crossdock.mapping.given import Given
from crossdock.message import Document
from crossdock.partner.profile import Profile
from crossdock.preset.file import PresetFile
from crossdock.registry import Registry
from crossdock.route.project import Project
from crossdock.route.spec import RouteSpec
from crossdock.route.steps import STEPS
from crossdock.yaml_source import findings_of, load

ODD: list[Document] = [
    None, True, -1, "", "x y\n", "é{x", "a" * 300, [], [None], {"a": 1}, {"a": []}, {"": None},
]  # fmt: skip

#: Words of Python, of its validators and of their messages, and what was written as Python would write it.
FOREIGN = re.compile(
    r"instance|[Tt]uple|frozenset|\bdict\b|Dictionary|callable|NoneType|\bNone\b|\bTrue\b|\bFalse\b|pydantic|BaseModel"
    r"|Secret|validat|Input|String should|List should|Value should|of the form|Parse error|UNQUOTED|lambda|<class"
    r"|\bstr\b|\bint\b|\bfloat\b|[Dd]atetimes? |_type\b|\{'|\['|\['|Decimal"
)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def with_inner(models: list[type[BaseModel]]) -> list[type[BaseModel]]:
    found = list(dict.fromkeys(models))
    for model in found:
        inner = [one for info in model.model_fields.values() for one in models_in(info.annotation)]
        found += [one for one in dict.fromkeys(inner) if one not in found]
    return found


@cache
def every_model() -> list[type[BaseModel]]:
    connectors = [each for _, each in Registry("crossdock.connectors", Connector).all()]
    kinds = [kind for one in connectors for kind in (one.source, one.sink, one.call, one.endpoint) if kind]
    codecs = [each.options for _, each in Registry("crossdock.codecs", CodecKind).all()]
    steps = [step.config for step in STEPS.values()]
    files: list[type[BaseModel]] = [RouteSpec, Project, MappingFile, Given, LayoutSpec, PresetFile, Profile]
    return with_inner([*(kind.options for kind in kinds), *codecs, *steps, *files])


def told(model: type[BaseModel], written: Document) -> list[Finding]:
    source = load(msgspec.json.encode(written), "f.yaml")
    try:
        model.model_validate(source.value)
    except ValidationError as error:
        return findings_of(error, source, (), model, "T1", noun="option")
    return []


def holds_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(map(holds_secret, get_args(annotation)))


def test_there_are_many_models() -> None:
    assert len(every_model()) > 120


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_every_finding_is_one_line_in_words(odd: Document) -> None:
    wrong: set[str] = set()
    for model in every_model():
        for name, info in model.model_fields.items():
            for finding in told(model, {info.alias or name: odd}):
                said = f"{finding.message}; {finding.hint or ''}"
                own = re.sub(r"'[^']*'|one of: .*", "", said)  # names of options, and what was written, may be any word
                if FOREIGN.search(own) or "{'" in said or not said.isprintable():
                    wrong.add(f"{model.__name__}.{info.alias or name}: {said}")
    assert sorted(wrong) == []


@pytest.mark.parametrize("shape", ["{}", "[{}]", "[[{}]]", "{{x: {}}}", "{{value: {}, x: [{}]}}"])
@pytest.mark.parametrize("secret", ["hunter2", "8675309", "867.5309", '"hunter2\\n"', '"hunter2{"'])
def test_no_finding_repeats_what_stands_at_a_secret(secret: str, shape: str) -> None:
    shown: set[str] = set()
    for model in every_model():
        for name, info in model.model_fields.items():
            if not holds_secret(info.annotation):
                continue
            text = f"{info.alias or name}: {shape.format(secret, secret)}"
            source = load(text.encode(), "f.yaml")
            try:
                model.model_validate(source.value)
            except ValidationError as error:
                for finding in findings_of(error, source, (), model, "T1", noun="option"):
                    if re.search(r"hunter2|8675309|867\.5309", f"{finding} {finding.value}"):
                        shown.add(f"{model.__module__}.{model.__name__}: {finding}")
    assert sorted(shown) == []

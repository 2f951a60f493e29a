"""From ``file: {path: …}`` and ``csv: {…}`` to a connector or codec with its options checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from crossdock.codecs.contract import AnyCodecKind, Codec
from crossdock.connector import CallKind, Connector, SinkKind, SourceKind
from crossdock.connector.contract import Cautious
from crossdock.connector.endpoint import Endpoint
from crossdock.errors import ConfigError, Severity
from crossdock.route.bench import Bench
from crossdock.route.clear_text import warn_of_clear_text
from crossdock.route.secret_options import secret_names, warn_of_clear_secrets
from crossdock.yaml_source import suggest

_EDI = ("x12", "edifact")  # codecs that read by the versions a project describes


def source(bench: Bench, name: str, options: object) -> tuple[SourceKind[Any], BaseModel] | None:
    """The connector called ``name`` as a source with its options. ``bench`` stands at the options."""
    found = connector(bench, name)
    if found is None:
        return None
    if found.source is None:
        can = [other for other, each in bench.materials.connectors.all() if each.source]
        bench.report("R103", f"connector '{name}' cannot be a source", hint=f"sources: {', '.join(can)}", key=True)
        return None
    read = _options(bench, found.source.options, options, f"connector '{name}'")
    return (found.source, read) if read is not None else None


def is_endpoint(bench: Bench, name: str, options: object) -> bool:
    """Whether ``options`` of that connector describe an address of ours. Says nothing of connectors nobody knows."""
    if name not in bench.materials.connectors.names():
        return False
    found = connector(bench.quietly(), name)
    if found is None or found.endpoint is None:
        return False
    told_by = found.endpoint.told_by
    marks = (told_by,) if isinstance(told_by, str) else told_by
    return found.source is None or (isinstance(options, dict) and any(mark in options for mark in marks))


def endpoint(bench: Bench, name: str, options: object) -> Endpoint | None:
    """The address that the connector called ``name`` makes of its options. ``bench`` stands at the options."""
    found = connector(bench, name)
    if found is None or found.endpoint is None:
        return None
    read = _options(bench, found.endpoint.options, options, f"connector '{name}'")
    return found.endpoint.endpoint(read) if read is not None else None


def sink(bench: Bench, name: str, options: object) -> tuple[SinkKind[Any], BaseModel] | None:
    """The connector called ``name`` as a sink with its options. ``bench`` stands at the options."""
    found = connector(bench, name)
    if found is None:
        return None
    if found.sink is None:
        can = [other for other, each in bench.materials.connectors.all() if each.sink]
        hint = f"destinations: topic, {', '.join(can)}"
        bench.report("R103", f"connector '{name}' cannot be a destination", hint=hint, key=True)
        return None
    read = _options(bench, found.sink.options, options, f"connector '{name}'")
    return (found.sink, read) if read is not None else None


def call(bench: Bench, name: str, options: object) -> tuple[CallKind[Any], BaseModel] | None:
    """The connector called ``name`` as something to ask, with its options. ``bench`` stands at the options."""
    found = connector(bench, name)
    if found is None:
        return None
    if found.call is None:
        can = [other for other, each in bench.materials.connectors.all() if each.call]
        hint = f"connectors that can: {', '.join(can)}" if can else "no connector here can"
        bench.report("R103", f"connector '{name}' cannot be asked", hint=hint, key=True)
        return None
    read = _options(bench, found.call.options, options, f"connector '{name}'")
    return (found.call, read) if read is not None else None


def connector(bench: Bench, name: str) -> Connector | None:
    """The connector called ``name``; a finding where there is none or it cannot be imported."""
    try:
        found = bench.materials.connectors.get(name)
    except ConfigError as error:
        bench.adopt(error)
        return None
    if f"preset {name}" in bench.materials.texts:
        bench.notes.files.add(f"preset {name}")
    if found is None:
        bench.unknown("R102", "connector", name, [*bench.materials.connectors.names(), "topic"], key=True)
    return found


def _options(bench: Bench, model: type[BaseModel], options: object, owner: str) -> BaseModel | None:
    given = {} if options is None else options
    if model.model_config.get("extra") != "forbid" and isinstance(given, dict):
        _refuse_unknown(bench, model, given, owner)
    warn_of_clear_secrets(bench, model, given)
    read = bench.read(model, given, "R104", noun="option", owner=owner)
    warn_of_clear_text(bench, secret_names(model))
    _warn_of_the_unwise(bench, read)
    return read


def _warn_of_the_unwise(bench: Bench, read: BaseModel | None) -> None:
    if read is not None and _is_cautious(type(read)) and isinstance(read, Cautious):
        for option, finding in read.cautions().items():
            at = bench.at(option)
            at.report(finding.code, finding.message, hint=finding.hint, severity=Severity.WARNING)


@cache
def _is_cautious(model: type[BaseModel]) -> bool:
    """Asked of a class: asking a protocol of each instance anew takes as long as reading it."""
    return issubclass(model, Cautious)


def _refuse_unknown(bench: Bench, model: type[BaseModel], given: Mapping[str, object], owner: str) -> None:
    """For a model whose author forgot to forbid unknown keys: a misspelt option must never pass."""
    known = [info.alias or name for name, info in model.model_fields.items()]
    for name in given:
        if name not in known:
            hint = suggest(name, known)
            bench.at(name).report("R104", f"unknown option '{name}' of {owner}", hint=hint, value=name, key=True)


def codec(bench: Bench, written: object) -> Codec | None:
    """The codec written as ``x12``, ``{fixed: erp-order}`` or ``{csv: {delimiter: ";"}}``."""
    name, options, at = _named(bench, written)
    if name is None:
        bench.report(
            "R110", "expected a codec, such as x12 or {csv: {…}}", hint=suggest("", bench.materials.codecs.names())
        )
        return None
    try:
        kind = bench.materials.codecs.get(name)
        if kind is None:
            bench.unknown("R110", "codec", name, bench.materials.codecs.names())
            return None
        return _open(at, kind, options)
    except ConfigError as error:
        at.adopt(error)
        return None


def _named(bench: Bench, written: object) -> tuple[str | None, object, Bench]:
    if isinstance(written, str):
        return written, {}, bench
    if isinstance(written, dict) and len(written) == 1:
        name, options = next(iter(written.items()))
        return name, options, bench.at(name)
    return None, {}, bench


def _open(bench: Bench, kind: AnyCodecKind, options: object) -> Codec | None:
    if kind.shorthand is not None and isinstance(options, str):
        bench.notes.files.add(f"layout {options}")
        options = {kind.shorthand: options}
    owner = f"codec '{kind.name}'"
    read = bench.read(kind.options, {} if options is None else options, "R111", noun="option", owner=owner)
    if read is None:
        return None
    if kind.name in _EDI:
        bench.notes.files |= {name for name in bench.materials.texts if name.startswith("edi ")}
    known = f"{kind.name} {read!r}"
    if known not in bench.materials.opened:
        bench.materials.opened[known] = kind.open(read, bench.materials.layouts)
    return bench.materials.opened[known]

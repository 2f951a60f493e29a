"""From ``file: {path: …}`` and ``csv: {…}`` to a connector or codec with its options checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretStr

from crossdock.codecs.contract import AnyCodecKind, Codec
from crossdock.connector import CallKind, Connector, SinkKind, SourceKind
from crossdock.connector.contract import Cautious
from crossdock.connector.endpoint import Endpoint
from crossdock.errors import ConfigError, Severity
from crossdock.preset.options import places_of
from crossdock.route.bench import Bench
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
    _warn_of_clear_secrets(bench, model, given)
    read = bench.read(model, given, "R104", noun="option", owner=owner)
    _warn_of_the_unwise(bench, read)
    return read


def _warn_of_the_unwise(bench: Bench, read: object) -> None:
    if isinstance(read, Cautious):
        for option, finding in read.cautions().items():
            at = bench.at(option)
            at.report(finding.code, finding.message, hint=finding.hint, severity=Severity.WARNING)


def _refuse_unknown(bench: Bench, model: type[BaseModel], given: Mapping[str, object], owner: str) -> None:
    """For a model whose author forgot to forbid unknown keys: a misspelt option must never pass."""
    known = [info.alias or name for name, info in model.model_fields.items()]
    for name in given:
        if name not in known:
            hint = suggest(name, known)
            bench.at(name).report("R104", f"unknown option '{name}' of {owner}", hint=hint, value=name, key=True)


def _warn_of_clear_secrets(bench: Bench, model: type[BaseModel], given: object) -> None:
    if not isinstance(given, dict):
        return
    for place in places_of(model):
        _warn_of_clear_secrets(bench.at(place.name), place.model, given.get(place.name))
    for name, info in model.model_fields.items():
        key = info.alias or name
        written = given.get(key)
        if isinstance(written, str) and _is_secret(info.annotation) and not _has_no_secret(written):
            _warn_of_clear_secret(bench.at(key), key)
        for inner in _models(info.annotation):
            _warn_of_clear_secrets(bench.at(key), inner, written)
            for number, one in enumerate(written if isinstance(written, list) else ()):
                _warn_of_clear_secrets(bench.at(key, number), inner, one)


def _warn_of_clear_secret(at: Bench, key: str) -> None:
    if at.path not in at.from_environment:
        hint = f"write ${{secret:{key}}} and keep the value out of the file"
        at.report("R118", f"'{key}' is a secret in clear text", hint=hint, severity=Severity.WARNING)


def _has_no_secret(text: str) -> bool:
    """Whether it is the address of a database or a broker that names no user, such as ``sqlite:///erp.db``."""
    scheme, separator, rest = text.partition("://")
    return bool(separator) and scheme not in ("http", "https") and not set("@?").intersection(rest)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _models(annotation: object) -> tuple[type[BaseModel], ...]:
    """The models an option may be written as, such as ``basic`` and ``oauth2`` of ``auth``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(dict.fromkeys(model for part in get_args(annotation) for model in _models(part)))


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
    bench.notes.files |= {name for name in bench.materials.texts if name.startswith("edi ") and kind.name in _EDI}
    known = f"{kind.name} {read!r}"
    if known not in bench.materials.opened:
        bench.materials.opened[known] = kind.open(read, bench.materials.layouts)
    return bench.materials.opened[known]

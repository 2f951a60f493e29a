"""Compiles a step that asks another system: ``enrich``, which only reads, and ``call``, which changes something there."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from crossdock.canonical.shape import slots
from crossdock.connector import CallKind, Effect, SinkKind
from crossdock.connector.amounts import PerSecond, Seconds, lasting
from crossdock.errors import Finding, Reject, Severity
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route import binding
from crossdock.route.asking import ASKING, Asking, Caching, Instead, Waiting, exact
from crossdock.route.bench import Bench
from crossdock.route.destination import Destination
from crossdock.route.model import Authorable
from crossdock.route.parameters import named_mapping
from crossdock.route.passage import Passage, Suspending
from crossdock.route.plan import Deliver
from crossdock.route.spec import BreakerSpec, Expression, Off, RetrySpec, Settings, Timeout, Unclear
from crossdock.route.steps.contract import Builder
from crossdock.route.steps.key import key_text
from crossdock.route.to import breaker, policy
from crossdock.yaml_source import suggest
from crossdock.yaml_source.named_mapping import MappingName, sibling

CONCURRENCY = 8  # questions of one place under way in one worker, where the step does not say


class Standby(enum.StrEnum):
    """What stands in for an answer that cannot be had, beside a constant."""

    CACHED = "cached"
    HOLD = "hold"


class Constant(Authorable):
    """A constant that stands in for an answer: ``{value: {limit: 0}}``."""

    value: object


class CacheSpec(Authorable):
    """Answers are kept under ``key`` and are good ``for`` so long; for ``stale`` where the system cannot be asked."""

    key: Expression
    fresh: Annotated[Seconds, lasting("1ms", "30d"), Field(alias="for")]
    stale: Annotated[Seconds, lasting("1ms", "400d")] = 86400.0


class Question(Authorable):
    """What both steps have in common. The key that is none of these names the connector."""

    model_config = ConfigDict(extra="allow")

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] | None = None
    replace: StrictBool = False
    send: Expression | None = None
    map: MappingName | None = None
    encode: str | Settings | None = None
    fallback: Constant | Standby | None = None
    timeout: Timeout | None = None
    retry: RetrySpec | None = None
    rate: PerSecond | None = None
    breaker: BreakerSpec | Off | None = None
    concurrency: Annotated[int, Field(ge=1, le=16)] = CONCURRENCY

    @field_validator("fallback", mode="before")
    @classmethod
    def _fallback(cls, written: object) -> object:
        if isinstance(written, dict) or written in [*Standby]:
            return written
        raise ValueError(f"expected {', '.join(Standby)}, or {{value: …}}, not '{written}'")


class Ask(Suspending):
    """The compiled step: what is known goes on at once, everything else waits for its answer."""

    def __init__(self, slot: str, place: str, asking: Asking) -> None:
        self._slot = slot
        self._place = place
        self._asking = asking

    @property
    def slots(self) -> frozenset[str]:
        """The one place."""
        return frozenset((self._slot,))

    def __call__(self, passage: Passage) -> Deliver | None:
        """Merge an answer that is known; else the document leaves here, as ``Waiting``."""
        document, scope = passage.document, passage.scope
        self._asking.check(document)
        if self._asking.cache is not None:
            key = self._asking.cache.key(document, scope)
            found = passage.knows(self._place, key, self._asking.cache.fresh)
            if found is not None:
                passage.document = self._asking.merged(document, found.document)
                passage.findings += (_from_cache(self._slot, found.age),)
                return None
        held = Waiting(document=document, id=scope.id, pardoned=passage.pardoned, released=passage.released)
        return Deliver(
            slot=self._slot,
            document=None,
            lane=passage.lane(document, scope),
            payload=held.text(),
            content_type=ASKING,
            headers=passage.headers,
            partner=passage.partner,
            correlation=passage.correlation,
        )

    def resume(self, slot: str, passage: Passage) -> None:
        """Nothing is left to do: the document has its answer."""


def _from_cache(slot: str, age: float) -> Finding:
    message = f"{slot}: answered from the cache, {age:.0f} s old"
    return Finding(code="E808", message=message, severity=Severity.NOTE)


def compile_question(
    config: Question,
    field: str | None,
    bench: Bench,
    builder: Builder,
    *,
    cache: CacheSpec | None = None,
    unclear: Unclear = Unclear.PARK,
) -> Ask | None:
    """The step; None where its connector is not to be had. ``bench`` stands at its settings."""
    _check_surroundings(bench, builder)
    written = _connector(bench, config)
    if written is None:
        return None
    name, options = written
    # Not the name alone: a destination that stands in the route already keeps the queue it has.
    slot = (bench.at("name") if config.name else bench).slot(config.name, f"ask-{field or name}")
    bound = binding.call(bench.at(name), name, options)
    asking = _asking(config, field, bench, builder, cache, bound)
    if bound is None or asking is None:
        return None
    if field is not None:
        _check_field(bench, builder, field, replace=config.replace)
    destination = replace(
        _place(config, slot, bound, bench, builder),
        connector=name,
        repeat_unclear=unclear is Unclear.REPEAT,
        asking=asking,
    )
    builder.asks(destination)
    return Ask(slot, f"{bench.route}/{slot}", asking)


def _place(
    config: Question, slot: str, bound: tuple[CallKind[Any], BaseModel], bench: Bench, builder: Builder
) -> Destination:
    """The place as a destination has it: its queue with retry, rate, breaker and time limit."""
    spec, defaults = builder.spec, bench.materials.settings.defaults
    return Destination(
        slot=slot,
        connector="",
        kind=as_sink(bound[0]),
        options=bound[1],
        retry=policy(config.retry, spec.retry, defaults.retry),
        rate=config.rate,
        breaker=breaker(bench.materials.settings.limits.retry_after, config.breaker, spec.breaker, defaults.breaker),
        concurrency=config.concurrency,
        timeout=config.timeout or spec.timeout or defaults.timeout,
        priority=spec.priority,
        mapping=named_mapping(bench.at("map"), config.map) if config.map else None,
        codec=binding.codec(bench.at("encode"), config.encode) if config.encode else None,
    )


def as_sink(kind: CallKind[Any]) -> SinkKind[Any]:
    """A call under the settings of a destination. What only reads may be asked again, so it counts as keyed."""
    return SinkKind(
        options=kind.options,
        open=cast(Any, kind.open),  # whoever asks knows that it has a call
        effect=lambda options: kind.effect(options) or Effect.KEYED,
        target=kind.target,
    )


def _asking(
    config: Question,
    field: str | None,
    bench: Bench,
    builder: Builder,
    cache: CacheSpec | None,
    bound: tuple[CallKind[Any], BaseModel] | None,
) -> Asking | None:
    if config.send and config.map:
        bench.at("send").report("R234", "both 'send' and 'map' say what is sent", hint="remove one", key=True)
    send = bench.at("send").expression(config.send) if config.send else None
    caching = _caching(cache, bench.at("cache")) if cache is not None else None
    effect = _effect(bound, bench)
    instead, value = _instead(config.fallback, caching, bench.at("fallback"))
    return Asking(
        label=builder.label(bench),
        field=field,
        effect=effect,
        replace=config.replace,
        send=send,
        cache=caching,
        instead=instead,
        value=value,
        patient=config.retry is not None,
    )


def _caching(cache: CacheSpec, bench: Bench) -> Caching:
    value, text = bench.at("key").expression(cache.key), cache.key

    def key(document: Document, scope: Scope) -> str:
        return key_text(value(document, scope), text)

    return Caching(key, cache.fresh, max(cache.fresh, cache.stale))


def _instead(written: Constant | Standby | None, cache: Caching | None, bench: Bench) -> tuple[Instead, Document]:
    if isinstance(written, Constant):
        try:
            return Instead.VALUE, exact(written.value)
        except Reject as error:
            bench.report("R235", f"the fallback is no document: {error.message}", key=True)
            return Instead.NOTHING, None
    if written is Standby.CACHED and cache is None:
        hint = "say under which key answers are kept: cache: {key: …, for: …}"
        bench.report("R235", "'fallback: cached' without a cache", hint=hint)
    words = {Standby.CACHED: Instead.CACHED, Standby.HOLD: Instead.HOLD}
    return (words[written] if written is not None else Instead.NOTHING), None


def _effect(bound: tuple[CallKind[Any], BaseModel] | None, bench: Bench) -> Effect | None:
    """What asking twice does. The word of the step and the connector's must agree."""
    if bound is None:
        return None
    effect, step = bound[0].effect(bound[1]), bench.path[-1]
    if step == "call" and effect is None:
        hint = "write 'enrich': it may be asked again, and answers may be kept"
        bench.report("R232", "'call' is for what changes something, and this only reads", hint=hint, key=True)
    elif step == "enrich" and effect is not None:
        hint = "write 'call': it is asked once, and under one key"
        bench.report("R232", "'enrich' is for what only reads, and this changes something", hint=hint, key=True)
    elif effect is Effect.PROVABLE:
        bench.report("R232", "a call cannot be provable", hint="the connector declares a wrong effect class", key=True)
    return effect


def _check_surroundings(bench: Bench, builder: Builder) -> None:
    if builder.flow.sends:
        hint = "put it before that 'choose', or let that publish to a topic and ask in the route that reads it"
        message = f"'{bench.path[-1]}' stands behind a 'choose' that sends"
        bench.report("R236", message, hint=hint, key=True)


def _check_field(bench: Bench, builder: Builder, field: str, *, replace: bool) -> None:
    """A document that is known to have such a field, or may have, would have no room for the answer."""
    contract = bench.materials.contracts.get(builder.flow.shape) if builder.flow.shape else None
    if contract is not None and field in slots(contract.model) and not replace:
        hint = "choose another name, or say replace: true"
        message = f"'{field}' is a field of {contract.name}: the answer would hide it"
        bench.at("as").report("R233", message, hint=hint, value=field)


def _connector(bench: Bench, config: Question) -> tuple[str, object] | None:
    """The key that names the connector, and its options."""
    rest: Mapping[str, object] = config.model_extra or {}
    known = [key for key in rest if key in bench.materials.connectors.names()]
    if len(known) > 1:
        message = f"a question goes to one system, not to '{known[0]}' and '{known[1]}'"
        bench.at(known[1]).report("R231", message, hint="ask them in two steps", key=True)
    elif not rest:
        bench.report("R231", "it names no connector to ask", hint=f"such as {_examples(bench)}", key=True)
    chosen = next(iter(known or rest), None)
    for other in rest:
        if other != chosen and other not in known:
            names = [info.alias or name for name, info in type(config).model_fields.items()]
            hint = sibling(config.map.mapping) if other == "with" and config.map else suggest(other, names)
            bench.at(other).report("R202", f"unknown key '{other}'", hint=hint, value=other, key=True)
    return (chosen, rest[chosen]) if chosen is not None else None


def _examples(bench: Bench) -> str:
    names = [name for name, each in bench.materials.connectors.all() if each.call]
    return " or ".join(f"{name}:" for name in names[:3]) or "http:"


__all__ = ["Ask", "CacheSpec", "Question", "Standby", "compile_question"]

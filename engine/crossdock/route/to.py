"""Compiles ``to:``, of a route or of a ``choose`` branch: what leaves, where to, and under which condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.codecs.contract import Codec
from crossdock.connector.amounts import spoken
from crossdock.delivery.breaker import BreakerPolicy
from crossdock.delivery.schedule import RetryPolicy
from crossdock.errors import Severity
from crossdock.mapping.compile import Mapping as CompiledMapping
from crossdock.route import binding
from crossdock.route.bench import Bench
from crossdock.route.condition import Condition
from crossdock.route.destination import Batch, Destination, write
from crossdock.route.judged import judge
from crossdock.route.parameters import named_mapping
from crossdock.route.passage import Emit, Passage
from crossdock.route.plan import Deliver, Publish
from crossdock.route.spec import BreakerSpec, DestinationSpec, Off, RetrySpec, RouteSpec, Unclear
from crossdock.route.template import Hole, Template, pieces
from crossdock.route.topic import RESERVED, is_topic, is_word
from crossdock.yaml_source import suggest
from crossdock.yaml_source.named_mapping import sibling

_SINK_ONLY = ("retry", "rate", "breaker", "concurrency", "timeout", "batch", "priority", "unclear")


@dataclass(frozen=True, slots=True)
class Target:
    """A compiled destination: ``emit`` for the decision, and the sink if it is one (a topic has none)."""

    emit: Emit
    destination: Destination | None = None


def compile_target(bench: Bench, written: Mapping[str, object], spec: RouteSpec) -> Target | None:
    """One entry of ``to:``; None where its connector is not to be had."""
    common, places = _split(bench, written)
    if places is None:
        return None
    read = bench.read(DestinationSpec, common, "R101") or DestinationSpec()
    condition = bench.at("when").condition(read.when) if read.when else None
    if read.when:
        judge(bench.at("when"), read.when)
    mapping = named_mapping(bench.at("map"), read.map) if read.map else None
    codec = binding.codec(bench.at("encode"), read.encode) if read.encode else None
    name, value = places
    if name == "topic":
        return _topic(bench, value, read, _Shape(condition, mapping, codec))
    return _sink(bench, name, value, read, spec, _Shape(condition, mapping, codec))


@dataclass(frozen=True, slots=True)
class _Shape:
    condition: Condition | None
    mapping: CompiledMapping | None
    codec: Codec | None


def _split(bench: Bench, written: Mapping[str, object]) -> tuple[dict[str, object], tuple[str, object] | None]:
    """The keys every destination has, and the one that names the connector."""
    common = {key: value for key, value in written.items() if key in DestinationSpec.model_fields}
    rest = {key: value for key, value in written.items() if key not in common}
    known = [key for key in rest if key == "topic" or key in bench.materials.connectors.names()]
    if len(known) > 1:
        hint = "give each its own entry of the list"
        bench.at(known[1]).report(
            "R107", f"a destination names both '{known[0]}' and '{known[1]}'", hint=hint, key=True
        )
    elif not rest:
        bench.report("R106", "a destination names no connector and no topic", hint="such as topic: or file:")
    chosen = next(iter(known or rest), None)
    for other in rest:
        if other != chosen and other not in known:
            own = other == "with" and "map" in common
            close = sibling(common["map"]) if own else suggest(other, DestinationSpec.model_fields)
            bench.at(other).report("R101", f"unknown key '{other}'", hint=close, value=other, key=True)
    return common, (chosen, rest[chosen]) if chosen is not None else None


def _sink(
    bench: Bench, name: str, options: object, read: DestinationSpec, spec: RouteSpec, shape: _Shape
) -> Target | None:
    slot = (bench.at("name") if read.name else bench.at(name)).slot(read.name, name)
    bound = binding.sink(bench.at(name), name, options)
    if bound is None:
        return None
    kind, validated = bound
    bench.at(name).ask_names(validated)
    defaults = bench.materials.settings.defaults
    retry = policy(read.retry, spec.retry, defaults.retry)
    check_retry(bench.at("retry"), read.retry, retry)
    destination = Destination(
        slot=slot,
        connector=name,
        kind=kind,
        options=validated,
        retry=retry,
        rate=read.rate or spec.rate or defaults.rate,
        breaker=breaker(bench.materials.settings.limits.retry_after, read.breaker, spec.breaker, defaults.breaker),
        concurrency=read.concurrency,
        timeout=read.timeout or spec.timeout or defaults.timeout,
        batch=Batch(read.batch.count, read.batch.wait) if read.batch else None,
        priority=spec.priority if read.priority is None else read.priority,
        mapping=shape.mapping,
        codec=shape.codec,
        repeat_unclear=read.unclear is Unclear.REPEAT,
    )
    return Target(_deliver(slot, shape.condition), destination)


def policy(*specs: RetrySpec | None) -> RetryPolicy:
    """The retry policy: each setting from the first spec that has it."""
    base, given = RetryPolicy(), dict[str, float]()
    for spec in specs:
        for name, value in (spec.model_dump(exclude_none=True) if spec else {}).items():
            given.setdefault(name, value)
    return RetryPolicy(
        attempts=int(given.get("attempts", base.attempts)),
        first=given.get("first", base.first),
        factor=given.get("factor", base.factor),
        max=given.get("max", base.max),
    )


def check_retry(bench: Bench, written: RetrySpec | None, resolved: RetryPolicy) -> None:
    """A first wait that the longest one cuts short, where the two do not stand together (that is refused as it is read).

    ``bench`` stands at ``retry``.
    """
    if written is None or (written.first is None and written.max is None) or resolved.first <= resolved.max:
        return
    name, other = ("first", "max") if written.first is not None else ("max", "first")
    message = f"the first wait ({spoken(resolved.first)}) is longer than the longest one, max ({spoken(resolved.max)})"
    hint = f"say '{other}' here, too: the route, the project or the default has {spoken(getattr(resolved, other))}"
    bench.at(name).report("R151", message, hint=hint, severity=Severity.WARNING)


def breaker(longest: float, *specs: BreakerSpec | Off | None) -> BreakerPolicy:
    """The breaker: off where the first spec says so, else each setting from the first spec that has it."""
    given: dict[str, float] = {}
    for spec in specs:
        if isinstance(spec, Off):
            break
        for name, value in (spec.model_dump(exclude_none=True) if spec else {}).items():
            given.setdefault(name, value)
    base, is_off = BreakerPolicy(), isinstance(next((spec for spec in specs if spec is not None), None), Off)
    return BreakerPolicy(
        failures=0 if is_off else int(given.get("failures", base.failures)),
        share=given.get("share", base.share),
        window=given.get("window", base.window),
        open=given.get("open", base.open),
        max=given.get("max", base.max),
        longest=longest,
    )


def _deliver(slot: str, condition: Condition | None) -> Emit:
    def emit(passage: Passage) -> Deliver | None:
        if condition is not None and not condition(passage.document, passage.scope):
            return None
        return Deliver(
            slot=slot,
            document=passage.document,
            lane=passage.lane(passage.document, passage.scope),
            payload=passage.payload,
            content_type=passage.content_type,
            headers=passage.headers,
            partner=passage.partner,
            correlation=passage.correlation,
            numbering=passage.numbering,
        )

    return emit


def _topic(bench: Bench, written: object, read: DestinationSpec, shape: _Shape) -> Target:
    for key in _SINK_ONLY:
        if key in read.model_fields_set:
            hint = "the routes that read the topic say how they deliver"
            bench.at(key).report("R112", f"'{key}' has no meaning for a topic", hint=hint, key=True)
    topic = topic_at(bench.at("topic"), written)
    slot = (bench.at("name") if read.name else bench.at("topic")).slot(read.name, "topic")
    return Target(publish(slot, topic, shape.condition, shape.mapping, shape.codec))


def topic_at(bench: Bench, written: object) -> Template:
    """The topic written at this place, with ``{expressions}`` for words. Its first word is literal."""
    text = written if isinstance(written, str) else ""
    shape = topic_shape(text)
    if not isinstance(written, str) or not text or (shape and not is_topic(shape.replace("*", "x"))):
        hint = "words of letters, digits, - and _, joined by dots: order.received"
        bench.report("R113", f"'{written}' is not a topic to publish to", hint=hint)
    elif shape.startswith(RESERVED):
        bench.report("R114", f"topics that begin with '{RESERVED}' are the engine's own", value=text)
    elif shape.startswith("*"):
        bench.report("R115", f"'{text}' has no literal beginning", hint="such as order.{status}", value=text)
    else:
        bench.notes.published.setdefault(shape, bench.place())
    return bench.template(text, fits=is_word, what="a topic")


def topic_shape(text: str) -> str:
    """The topic with ``*`` for each word that has an expression; nothing where that is no template."""
    try:
        parts = pieces(text)
    except ValueError:
        return ""
    return _words("".join("*" if isinstance(part, Hole) else part for part in parts))


def _words(shape: str) -> str:
    """``*`` for every word that is not known before run time."""
    return ".".join("*" if "*" in word else word for word in shape.split("."))


def publish(
    slot: str, topic: Template, condition: Condition | None, mapping: CompiledMapping | None, codec: Codec | None
) -> Emit:
    """Publish what the document is at this point: as canonical JSON, or as the codec's bytes."""

    def emit(passage: Passage) -> Publish | None:
        document, scope = passage.document, passage.scope
        if condition is not None and not condition(document, scope):
            return None
        payload, content_type = passage.payload, passage.content_type
        name = topic(document, scope)
        if mapping is not None:
            document = mapping.apply(document, scope)
        if codec is not None:
            payload, content_type = b"".join(write(codec, (document,))), codec.content_type
        return Publish(
            slot=slot,
            topic=name,
            document=document,
            content_type=content_type,
            payload=payload,
            headers=passage.headers,
            partner=passage.partner,
            correlation=passage.correlation,
            numbering=passage.numbering,
        )

    return emit

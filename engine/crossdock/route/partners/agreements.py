"""Compiles what was agreed for a set a partner sends."""

from __future__ import annotations

from collections.abc import Callable

from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.partner.agreement import Receives
from crossdock.route.bench import Bench
from crossdock.route.parameters import named_mapping
from crossdock.route.partners.handling import Handling
from crossdock.route.plan import Once
from crossdock.route.steps.key import key_text
from crossdock.route.topic import ACKNOWLEDGEMENT, RESERVED, TOLD, is_topic


def compile_handling(bench: Bench, partner: str, number: str, agreement: Receives) -> Handling:
    """What is done under an agreement; ``bench`` stands at it."""
    mapping = named_mapping(bench.at("map"), agreement.map) if agreement.map else None
    name = agreement.validate_ or (mapping.makes if mapping is not None else None)
    wanted = agreement.validate_ is not None or name in bench.materials.contracts
    contract = bench.at("validate").contract(name) if name is not None and wanted else None
    for key, topic in (("topic", agreement.topic), ("test_topic", agreement.test_topic)):
        if topic is not None:
            _publishes(bench.at(key), topic)
    return Handling(
        mapping=mapping, contract=contract, once=_once(bench.at("once"), f"partner/{partner}/{number}", agreement)
    )


def _once(bench: Bench, scope: str, agreement: Receives) -> Callable[[Document, Scope], Once] | None:
    text = agreement.once
    if text is None:
        return None
    value = bench.expression(text)
    kept = bench.materials.settings.retention.keys
    within = kept if agreement.once_within is None else agreement.once_within
    return lambda document, around: Once(scope=scope, key=key_text(value(document, around), text), within=within)


def _publishes(bench: Bench, topic: str) -> None:
    if not is_topic(topic):
        hint = "words of letters, digits, - and _, joined by dots: order.received"
        bench.report("R113", f"'{topic}' is not a topic to publish to", hint=hint)
    elif topic.startswith(RESERVED):
        bench.report("R114", f"topics that begin with '{RESERVED}' are the engine's own", value=topic)
    elif topic in TOLD or topic == ACKNOWLEDGEMENT:
        hint = "documents need a topic of their own, such as order.received"
        bench.report("R114", f"'{topic}' is for what the engine says of acknowledgements", hint=hint, value=topic)
    else:
        bench.notes.published.setdefault(topic, bench.place())

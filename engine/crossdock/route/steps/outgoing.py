"""The bytes that leave, where a step packs, encrypts or signs them."""

from __future__ import annotations

from crossdock.codecs.judged import MAX_WHOLE
from crossdock.errors import Finding, Reject
from crossdock.route.bench import Bench
from crossdock.route.passage import Passage
from crossdock.route.steps.contract import Builder


def check_outgoing(bench: Bench, builder: Builder, name: str) -> None:
    """There must be bytes: of an ``encode`` step, or of a route that decodes nothing."""
    if builder.flow.document and not builder.flow.encoded:
        bench.report("R209", f"'{name}' needs bytes", hint="put 'encode' before it", key=True)
    builder.flow.encoded = True


def outgoing(passage: Passage) -> bytes:
    """The bytes so far. Raises ``Reject`` for more than memory should hold."""
    data = passage.payload if passage.payload is not None else passage.raw()
    if len(data) > MAX_WHOLE:
        message = f"{len(data):,} bytes are more than the {MAX_WHOLE:,} that are packed or encrypted at once"
        raise Reject.of([Finding(code="S320", message=message)])
    return data

"""``decode``: bytes to a document."""

from __future__ import annotations

from crossdock.codecs.contract import Foretelling
from crossdock.route import binding
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.opening import OPENERS
from crossdock.route.spec import Settings
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.split import misspelt_parts


class Decode(Authorable):
    """Reads the payload with a codec, so that the steps after it see a document.

    The first step of every route that looks into what it moves, but for what decrypts or unpacks it. Without it the payload passes untouched.

    ```yaml
    - decode: json
    ```
    """

    codec: str | Settings


def compile_decode(config: Decode, bench: Bench, builder: Builder) -> None:
    """Bind the codec; ``partition`` does the reading."""
    flow = builder.flow
    if flow.decoded or (flow.last not in (None, *OPENERS) and not flow.awaited):
        bench.report("R205", "'decode' must be the first step, and there is one of it", key=True)
        flow.document = True
        return
    told = len(bench.notes.findings)
    flow.codec = binding.codec(bench, config.codec)
    if len(bench.notes.findings) == told:
        flow.foretelling = _foretelling(flow.codec)
    flow.format = config.codec if isinstance(config.codec, str) else next(iter(config.codec), None)
    flow.read_as = flow.format
    flow.decoded = flow.document = True
    if flow.early is not None:
        misspelt_parts(*flow.early, flow)


def _foretelling(codec: object) -> Foretelling | None:
    return codec if isinstance(codec, Foretelling) else None


STEP = StepKind(name="decode", config=Decode, compile=compile_decode, bare="codec")

"""``encode``: a document to bytes, for every destination of the route."""

from __future__ import annotations

from crossdock.route import binding
from crossdock.route.bench import Bench
from crossdock.route.destination import write
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Settings
from crossdock.route.steps.contract import Builder, StepKind


class Encode(Authorable):
    """Writes the document with a codec, once for all destinations; a destination's own ``encode`` is the usual place.

    Steps after it still see the document, but none may change it.

    ```yaml
    - encode: json
    ```
    """

    codec: str | Settings


def compile_encode(config: Encode, bench: Bench, builder: Builder) -> Run | None:
    """Keep the bytes beside the document."""
    codec = binding.codec(bench, config.codec)
    builder.flow.encoded = True
    if codec is None:
        return None
    content_type = codec.content_type

    def run(passage: Passage) -> None:
        passage.payload = b"".join(write(codec, (passage.document,)))
        passage.content_type = content_type

    return run


STEP = StepKind(name="encode", config=Encode, compile=compile_encode, bare="codec", needs_document=True, reshapes=True)

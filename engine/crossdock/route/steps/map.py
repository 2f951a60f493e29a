"""``map``: one document to another, by a mapping of the project."""

from __future__ import annotations

from crossdock.mapping.compile import Mapping
from crossdock.route.bench import Bench
from crossdock.route.parameters import named_mapping
from crossdock.route.passage import Passage, Run
from crossdock.route.steps.contract import Builder, Flow, StepKind
from crossdock.yaml_source.named_mapping import NamedMapping


class Map(NamedMapping):
    """Makes another document of this one with the mapping of that name in ``mappings/``.

    ```yaml
    - map: example
    ```

    ``with`` gives the mapping's parameters (of a stylesheet, its ``xsl:param``) the values of expressions:
    ``map: {mapping: order-label, with: {site: "'north'"}}``.
    """


def compile_map(config: Map, bench: Bench, builder: Builder) -> Run | None:
    """One call of the compiled mapping."""
    mapping = named_mapping(bench, config)
    if mapping is None:
        builder.flow.shape = None
        return None
    _check_reads(mapping, bench, builder.flow)
    if builder.flow.shape is None and mapping.reads and mapping.reads in bench.materials.contracts:
        builder.demands(bench, mapping.reads, f"mapping '{mapping.name}' reads")
    builder.flow.shape = mapping.makes
    builder.flow.format = None
    apply = mapping.apply

    def run(passage: Passage) -> None:
        passage.document = apply(passage.document, passage.scope)

    return run


def _check_reads(mapping: Mapping, bench: Bench, flow: Flow) -> None:
    reads = mapping.reads or ""
    kind = reads.partition("/")[0]
    if flow.format is not None and kind in bench.materials.codecs.names() and kind != flow.format:
        bench.report("R216", f"mapping '{mapping.name}' reads {reads}, but the payload is decoded as {flow.format}")
    elif flow.shape is not None and reads in bench.materials.contracts and reads != flow.shape:
        bench.report("R217", f"mapping '{mapping.name}' reads {reads}, but the document here is {flow.shape}")


STEP = StepKind(
    name="map",
    config=Map,
    compile=compile_map,
    shorthand="mapping",
    needs_document=True,
    before_split=True,
    reshapes=True,
)

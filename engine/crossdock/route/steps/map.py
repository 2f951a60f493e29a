"""``map``: one document to another, by a mapping of the project."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from crossdock.mapping.compile import Mapping
from crossdock.route.bench import Bench
from crossdock.route.condition import Value
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, Flow, StepKind
from crossdock.yaml_source import suggest


class Map(Authorable):
    """Makes another document of this one with the mapping of that name in ``mappings/``.

    ```yaml
    - map: example
    ```

    ``with`` gives the mapping's parameters (of a stylesheet, its ``xsl:param``) the values of expressions:
    ``map: {mapping: order-label, with: {site: "'north'"}}``.
    """

    mapping: Expression
    given: Annotated[dict[str, Expression], Field(alias="with")] = {}


def compile_map(config: Map, bench: Bench, builder: Builder) -> Run | None:
    """One call of the compiled mapping."""
    mapping = bench.mapping(config.mapping, config.given)
    given = _given(config, mapping, bench)
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

    def run_with(passage: Passage) -> None:
        values = {name: value(passage.document, passage.scope) for name, value in given.items()}
        passage.document = apply(passage.document, replace(passage.scope, given=values))

    return run_with if given else run


def _given(config: Map, mapping: Mapping | None, bench: Bench) -> dict[str, Value]:
    """The expressions of the parameters; those the mapping does not have are told."""
    for name in config.given:
        if mapping is not None and name not in mapping.parameters:
            hint = suggest(name, mapping.parameters) or "it has no parameters"
            message = f"mapping '{config.mapping}' has no parameter '{name}'"
            bench.at("with", name).report("M323", message, hint=hint, key=True)
    return {name: bench.at("with", name).expression(text) for name, text in config.given.items()}


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

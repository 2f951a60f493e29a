"""``crossdock graph``: the project, or one route, as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click

from crossdock.cli.console import print_json, project, project_option
from crossdock.ops.graph.live import Count
from crossdock.ops.graph.model import Graph
from crossdock.route.load import LoadedProject

_FORMATS = ("svg", "mermaid", "dot", "json")
_ENDINGS = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".json": "json"}


@click.command(short_help="Draw the project, or one route.")
@click.argument("route", required=False)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Instead of what FILE's name says, or svg.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write there.")
@click.option("--live", is_flag=True, help="With counts from the journal.")
@project_option
def graph(route: str | None, form: str | None, output: Path | None, live: bool, root: Path) -> None:
    """Draw where documents come in, which routes take them, over which topics, and to whom they go.

    With ROUTE, that route alone, with its steps and branches. SVG is drawn here and needs nothing to be looked at;
    Mermaid is what many wikis and Git hosts draw; DOT is for Graphviz.
    """
    from crossdock.ops.graph.making import project_graph, route_graph

    chosen = form or _format_of(output)
    loaded = project(root)
    drawn = route_graph(loaded, route) if route else project_graph(loaded)
    counts = _counts(loaded) if live else None
    if chosen == "json" and output is None:
        print_json(described(drawn, counts))
        return
    text = written(drawn, counts, chosen)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(f"{output}: {len(drawn.nodes)} nodes, {len(drawn.edges)} ways")


def _format_of(output: Path | None) -> str:
    """What the file's name says; a picture under another format's name would open nowhere."""
    ending = output.suffix.lower() if output else ""
    if ending and ending not in _ENDINGS:
        raise click.UsageError(
            f"'{ending}' is none of {', '.join(_ENDINGS)}; choose one, or say the format by --format"
        )
    return _ENDINGS.get(ending, "svg")


def _counts(loaded: LoadedProject) -> Mapping[str, Count]:
    import os

    from crossdock.ops.graph.live import counted
    from crossdock.runtime.engine import Engine

    with closing(Engine(loaded, os.environ).open_journal()) as journal:
        return counted(journal.counts())


def written(drawn: Graph, counts: Mapping[str, Count] | None, form: str) -> str:
    """The graph in one of the formats."""
    import json

    from crossdock.ops.graph.svg import svg
    from crossdock.ops.graph.text import dot, mermaid

    if form == "json":
        return json.dumps(described(drawn, counts), indent=2, ensure_ascii=False) + "\n"
    return {"svg": svg, "mermaid": mermaid, "dot": dot}[form](drawn, counts)


def described(drawn: Graph, counts: Mapping[str, Count] | None) -> dict[str, object]:
    """The graph as plain values, with the counts of each queue."""
    told = None if counts is None else {queue: dict(count.states) for queue, count in counts.items()}
    return {
        "title": drawn.title,
        "nodes": [
            {
                "id": one.id,
                "kind": one.kind,
                "label": one.label,
                "about": one.about,
                "queues": drawn.queues.get(one.id, []),
            }
            for one in drawn.nodes.values()
        ],
        "edges": [{"from": one.tail, "to": one.head, "label": one.label, "queue": one.queue} for one in drawn.edges],
        "queues": told,
    }

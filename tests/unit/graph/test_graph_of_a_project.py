from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.errors import ConfigError
from crossdock.ops.graph.making import project_graph, route_graph
from crossdock.ops.graph.model import Graph, Kind
from crossdock.ops.pack import copy_pack
from crossdock.route.load import LoadedProject


def ways(graph: Graph) -> set[tuple[str, str, str]]:
    return {(graph.nodes[edge.tail].label, graph.nodes[edge.head].label, edge.label) for edge in graph.edges}


def test_documents_are_followed_from_place_to_place(project: LoadedProject) -> None:
    assert ways(project_graph(project)) == {
        ("inbox", "orders-in", ""),
        ("orders-in", "return.received", ""),
        ("orders-in", "quotes", ""),
        ("orders-in", "order.received", ""),
        ("order.received", "orders-out", ""),
        ("orders-out", "outbox", ""),
        ("orders-out", "inbox", ""),
        ("return.received", "returns", ""),
        ("returns", "returns", ""),
    }


def test_a_folder_that_one_route_fills_and_another_empties_is_one_place(project: LoadedProject) -> None:
    graph = project_graph(project)
    assert [node.label for node in graph.nodes.values() if node.kind is Kind.PLACE].count("inbox") == 1


def test_a_route_that_is_not_enabled_says_so(project: LoadedProject) -> None:
    node = project_graph(project).nodes["route returns"]
    assert not node.enabled
    assert node.detail == "not enabled"


def test_one_route_shows_its_steps_and_where_each_branch_leads(project: LoadedProject) -> None:
    assert ways(route_graph(project, "orders-in")) == {
        ("inbox", "orders-in", ""),
        ("orders-in", "decode", ""),
        ("decode", "choose", ""),
        ("choose", "return.received", "kind == 'return'"),
        ("choose", "set", "kind == 'quote'"),
        ("set", "quotes", ""),
        ("choose", "order.received", "otherwise"),
    }


def test_one_route_shows_when_it_sends_where(project: LoadedProject) -> None:
    found = ways(route_graph(project, "orders-out"))
    assert ("orders-out", "outbox", "total > `100`") in found
    assert ("orders-out", "inbox", "") in found


def test_a_misspelt_route_is_told_with_the_nearest(project: LoadedProject) -> None:
    with pytest.raises(ConfigError) as told:
        route_graph(project, "order-in")
    (finding,) = told.value.findings
    assert finding.code == "G120"
    assert "orders-in" in str(finding.hint)


def test_partners_are_themselves_and_not_the_routes_made_for_them(tmp_path: Path) -> None:
    copy_pack(tmp_path / "shop")
    pack = load(tmp_path / "shop")
    graph = project_graph(pack)
    names = {node.label for node in graph.nodes.values() if node.kind is Kind.PARTNER}
    assert names == set(pack.partners.roster.partners)
    assert not any(node.label.startswith("partner-") for node in graph.nodes.values())
    assert {"topic invoice.issued", "partner acme"} in [
        {edge.tail, edge.head} for edge in graph.edges if "810" in edge.label
    ]


def test_many_partners_at_one_entrance_are_one_node(tmp_path: Path) -> None:
    copy_pack(tmp_path / "shop")
    text = (tmp_path / "shop" / "partners" / "acme.yaml").read_text()
    for number in range(5):
        other = text.replace("049351117", f"04935112{number}").replace("outbox/acme", f"outbox/a{number}")
        (tmp_path / "shop" / "partners" / f"acme{number}.yaml").write_text(other)
    graph = project_graph(load(tmp_path / "shop"))
    assert any(node.label.endswith(" partners") for node in graph.nodes.values())


def test_a_secret_in_an_address_is_not_drawn(make: Callable[..., LoadedProject]) -> None:
    url = "https://shop.example/in?token=hidden"
    loaded = make(r=f'from: {{topic: a.b}}\nto:\n  - http: {{post: "{url}"}}\n')
    graph = project_graph(loaded)
    assert "hidden" not in str(graph)
    assert any("shop.example/in" in node.label for node in graph.nodes.values())

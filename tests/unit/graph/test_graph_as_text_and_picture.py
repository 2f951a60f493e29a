from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from lxml import etree

from crossdock.cli.graph import graph as command
from crossdock.delivery.states import State
from crossdock.ops.graph.live import Count, counted
from crossdock.ops.graph.model import Edge, Graph, Kind, Node
from crossdock.ops.graph.svg import svg
from crossdock.ops.graph.text import dot, mermaid
from crossdock.route.load import LoadedProject

NASTY = "</title><script>alert(1)</script>\"]; x --> y \u202e\x00 'ü 倉庫\\"


def little(label: str = "orders-in") -> Graph:
    graph = Graph("little")
    graph.node(Node("place file inbox", Kind.PLACE, "inbox", "file"))
    graph.node(Node("route r", Kind.ROUTE, label, about=label))
    graph.node(Node("topic t", Kind.TOPIC, "order.received"))
    graph.edge(Edge("place file inbox", "route r", label))
    graph.edge(Edge("route r", "topic t", "", "r/file"))
    graph.waits_in("route r", "r")
    return graph


def texts(drawn: str) -> list[str]:
    tree = etree.fromstring(drawn.encode())
    return ["".join(one.itertext()) for one in tree.iter("{*}text")]


def test_a_picture_has_every_name_and_nothing_that_runs_or_loads() -> None:
    drawn = svg(little())
    assert {"little", "inbox", "orders-in", "order.received", "file"} <= set(texts(drawn))
    tags = {etree.QName(one).localname for one in etree.fromstring(drawn.encode()).iter("{*}*")}
    assert tags == {"svg", "title", "style", "defs", "marker", "path", "rect", "text", "g"}
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_hostile_names_stay_text() -> None:
    drawn = svg(little(NASTY))
    tree = etree.fromstring(drawn.encode())
    assert tree.find(".//{*}script") is None
    assert not {"\u202e", "\x00"} & set(drawn)
    assert any("alert(1)" in text for text in texts(drawn))


def test_hostile_names_end_no_label_of_mermaid() -> None:
    lines = mermaid(little(NASTY)).splitlines()
    assert lines[0] == "flowchart LR"
    assert len(lines) == 1 + 3 + 2
    assert all(line.count('"') == 2 for line in lines[1:5])
    assert "<script" not in "".join(lines)


def test_hostile_names_end_no_label_of_dot() -> None:
    lines = dot(little(NASTY)).splitlines()
    assert len(lines) == 1 + 2 + 3 + 2 + 1
    for line in lines:
        assert (line.replace("\\\\", "").replace('\\"', "")).count('"') % 2 == 0


def test_counts_are_at_the_nodes_and_on_the_ways_that_wait() -> None:
    counts = counted({"r": {State.DELIVERED: 1200, State.SKIPPED: 4}, "r/file": {State.WAITING: 3, State.DEAD: 1}})
    shown = texts(svg(little(), counts))
    assert "1,204 done" in shown
    assert "0 done · 3 waiting · 1 dead" in shown
    assert "1,204 done" in mermaid(little(), counts)
    assert "1,204 done" in dot(little(), counts)


def test_what_a_person_must_look_at_stands_out() -> None:
    assert Count(((State.HELD, 1), (State.WAITING, 2))).tone() == "bad"
    assert Count(((State.WAITING, 2),)).tone() == "wait"
    assert Count(((State.DELIVERED, 2),)).tone() == ""


def test_two_ways_between_the_same_nodes_are_one_with_both_labels() -> None:
    graph = little()
    graph.edge(Edge("route r", "topic t", "810"))
    graph.edge(Edge("route r", "topic t", "856"))
    assert [edge.label for edge in graph.edges if edge.head == "topic t"] == ["810, 856"]


def test_the_command_writes_what_the_ending_of_the_file_says(project: LoadedProject, tmp_path: Path) -> None:
    run = CliRunner()
    for ending, begin in ((".svg", "<svg "), (".mmd", "flowchart LR"), (".dot", "digraph"), (".json", "{")):
        target = tmp_path / f"all{ending}"
        told = run.invoke(command, ["--project", str(project.root), "-o", str(target)])
        assert told.exit_code == 0, told.output
        assert target.read_text().startswith(begin)
    told = run.invoke(command, ["--project", str(project.root), "--format", "mermaid", "orders-in"])
    assert told.output.startswith("flowchart LR")


def test_an_ending_of_no_format_is_refused_and_nothing_is_written(project: LoadedProject, tmp_path: Path) -> None:
    target = tmp_path / "all.png"
    told = CliRunner().invoke(command, ["--project", str(project.root), "-o", str(target)])
    assert (told.exit_code, target.exists()) == (2, False)
    assert "'.png' is none of .svg, .mmd" in told.output
    told = CliRunner().invoke(command, ["--project", str(project.root), "-o", str(target), "--format", "svg"])
    assert target.read_text().startswith("<svg "), told.output


def test_the_command_counts_what_the_journal_holds(project: LoadedProject) -> None:
    told = CliRunner().invoke(command, ["--project", str(project.root), "--live", "--format", "mermaid"])
    assert told.exit_code == 0, told.output
    assert "0 done" in told.output

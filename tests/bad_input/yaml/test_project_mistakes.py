"""Mistakes that only the whole project shows, and what else may lie in its folders."""

from __future__ import annotations

from pathlib import Path

from tests.bad_input.yaml.conftest import Findings

SEND = "from: {topic: %s}\nto: [{topic: %s}]\n"
FILES = "from:\n  file: {path: in}\nto:\n  - file: {path: out}\n"


def test_a_topic_nobody_reads_is_a_warning(findings: Findings) -> None:
    assert findings({"routes/a.yaml": "from: {file: {path: in}}\nto: [{topic: order.received}]\n"}) == [
        "routes/a.yaml:2:14: warning R301: no route reads topic 'order.received'; a route with from: {topic: …} would"
    ]


def test_a_topic_nobody_publishes_is_a_warning(findings: Findings) -> None:
    assert findings({"routes/a.yaml": "from:\n  topic: [order.received]\nto: [{file: {path: out}}]\n"}) == [
        "routes/a.yaml:2:11: warning R302: no route publishes topic 'order.received'"
    ]


def test_a_misspelt_topic_is_told_at_both_ends(findings: Findings) -> None:
    told = findings(
        {
            "routes/a.yaml": "from: {file: {path: in}}\nto: [{topic: order.received}]\n",
            "routes/b.yaml": "from: {topic: order.recieved}\nto: [{file: {path: out}}]\n",
        }
    )
    assert told == [
        "routes/a.yaml:2:14: warning R301: no route reads topic 'order.received'; did you mean 'order.recieved'?",
        "routes/b.yaml:1:15: warning R302: no route publishes topic 'order.recieved'; did you mean 'order.received'?",
    ]


def test_a_star_reads_what_is_published(findings: Findings) -> None:
    told = findings(
        {
            "routes/a.yaml": 'from: {file: {path: in}}\nsteps: [decode: json]\nto: [{topic: "order.{status}"}]\n',
            "routes/b.yaml": "from: {topic: order.*}\nto: [{file: {path: out}}]\n",
            "routes/c.yaml": "from: {topic: order.open}\nto: [{file: {path: out}}]\n",
        }
    )
    assert told == []


def test_a_tap_is_published_too(findings: Findings) -> None:
    told = findings(
        {
            "routes/a.yaml": "from: {file: {path: in}}\nsteps: [tap: audit.raw]\nto: [{file: {path: out}}]\n",
            "routes/b.yaml": "from: {topic: audit.raw}\nto: [{file: {path: out}}]\n",
        }
    )
    assert told == []


def test_routes_that_run_in_a_loop_are_a_warning_once(findings: Findings) -> None:
    told = findings({"routes/a.yaml": SEND % ("x", "y"), "routes/b.yaml": SEND % ("y", "x")})
    assert told == [
        (
            "routes/a.yaml:1:15: warning R303: routes run in a loop: a → b → a; "
            "fine if a filter or once ends it; otherwise it runs for ever"
        )
    ]


def test_two_routes_of_one_name_are_an_error(findings: Findings) -> None:
    assert findings({"routes/a.yaml": FILES, "routes/old/a.yaml": FILES}) == [
        (
            "routes/old/a.yaml:1:1: error R304: second route named 'a'; "
            "routes/a.yaml is called so already; the folder is not part of the name"
        )
    ]


def test_two_mappings_of_one_name_are_an_error(findings: Findings) -> None:
    text = "from: json/x\nfields: {a: b}\n"
    (told,) = findings({"mappings/m.yaml": text, "mappings/sub/m.yml": text})
    assert told.startswith("mappings/sub/m.yml:1:1: error P109: second file named 'm'")


def test_the_engines_own_topics_may_be_read(findings: Findings) -> None:
    routes = {"routes/a.yaml": FILES}
    for event in ("dead.a", "held.a", "doubt.a", "dead.*", "*.a"):
        assert (
            findings({**routes, "routes/b.yaml": f"from: {{topic: crossdock.{event}}}\nto: [{{file: {{path: o}}}}]\n"})
            == []
        )


def test_a_topic_the_engine_does_not_have_is_an_error(findings: Findings) -> None:
    told = findings({"routes/a.yaml": "from: {topic: crossdock.daed.a}\nto: [{file: {path: o}}]\n"})
    assert told == [
        "routes/a.yaml:1:15: error R305: the engine has no topic 'crossdock.daed.a'; did you mean 'crossdock.dead.a'?"
    ]


def test_the_dead_of_a_route_that_does_not_exist_are_an_error(findings: Findings) -> None:
    told = findings(
        {
            "routes/orders.yaml": FILES,
            "routes/b.yaml": "from: {topic: crossdock.dead.ordres}\nto: [{file: {path: o}}]\n",
        }
    )
    assert told == ["routes/b.yaml:1:15: error R305: route 'ordres' does not exist; did you mean 'orders'?"]


def test_a_route_that_reads_its_own_dead_is_a_loop(findings: Findings) -> None:
    (told,) = findings({"routes/a.yaml": "from: {topic: crossdock.dead.a}\nto: [{file: {path: o}}]\n"})
    assert told == (
        "routes/a.yaml:1:15: warning R303: the route reads its own 'crossdock.dead.a'; "
        "what fails here would come back here; let another route read it"
    )


def test_a_name_that_cannot_be_part_of_a_topic_is_refused(findings: Findings) -> None:
    (told,) = findings({"routes/my route.yaml": FILES})
    assert told == "routes/my route.yaml:1:1: error P108: 'my route' cannot be a name; letters, digits, - and _"


def test_a_link_that_leads_out_of_the_project_is_refused(findings: Findings, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.yaml"
    outside.write_text(FILES)
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "a.yaml").symlink_to(outside)
    assert findings({}) == ["routes/a.yaml:1:1: error P103: the file leads out of the project"]


def test_a_folder_named_like_a_route_is_refused(findings: Findings, tmp_path: Path) -> None:
    (tmp_path / "routes" / "a.yaml").mkdir(parents=True)
    assert findings({}) == ["routes/a.yaml:1:1: error P103: not a regular file"]


def test_hidden_files_and_other_endings_are_left_alone(findings: Findings) -> None:
    assert (
        findings({"routes/.a.yaml": "{", "routes/a.yaml~": "{", "routes/notes.txt": "{", "routes/.git/b.yaml": "{"})
        == []
    )


def test_an_empty_route_says_what_it_needs(findings: Findings) -> None:
    assert findings({"routes/a.yaml": ""}) == ["routes/a.yaml:1:1: error R101: required key 'from' is missing"]


def test_a_route_that_is_a_list_is_refused(findings: Findings) -> None:
    assert findings({"routes/a.yaml": "- a\n"}) == [
        "routes/a.yaml:1:1: error R101: expected keys and values, not a list"
    ]


def test_findings_of_all_files_come_at_once_and_in_order(findings: Findings) -> None:
    told = findings(
        {
            "crossdock.yaml": "nmae: x\n",
            "mappings/m.yaml": "from: json/x\nfields: {a: 'b['}\n",
            "mappings/tables/t.csv": "a,b\n1\n",
            "mappings/layouts/l.yaml": "a: [\n",
            "routes/a.yaml": "from: {fiel: {}}\nto: [{file: {pth: x}}]\nabuot: x\n",
            "routes/b.yaml": b"about: \xff\n",
            "routes/c.yaml": "from: {file: {path: in}}\nsteps: [decode: json, map: m]\nto: [{file: {path: o}}]\n",
        }
    )
    assert [line.split(" ")[0] + line.split(" ")[2] for line in told] == [
        "crossdock.yaml:1:1:P101:",
        "mappings/layouts/l.yaml:2:1:Y003:",
        "mappings/m.yaml:2:15:M110:",
        "mappings/tables/t.csv:2:1:M134:",
        "routes/a.yaml:1:8:R102:",
        "routes/a.yaml:2:14:R104:",
        "routes/a.yaml:3:1:R101:",
        "routes/b.yaml:1:8:Y002:",
    ]

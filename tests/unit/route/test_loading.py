"""What a loaded project is."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from tests.unit.route.conftest import Workshop

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project

#: A loaded project whose routes are what the test knows they are.
Loaded = Any

IN = "from:\n  folder: {path: in, password: '${secret:pw}'}\nsteps:\n  - decode: {lines: erp}\n  - map: m\nto:\n  - topic: a.b\n"
OUT = "about: Out.\nfrom: {topic: a.*}\nto:\n  - folder: {path: out}\nenabled: false\npriority: 2\n"
FILES = {
    "routes/in.yaml": IN,
    "routes/far/out.yaml": OUT,
    "mappings/m.yaml": "from: order/v1\nfields: {a: \"lookup('units', b)\"}\n",
    "mappings/tables/units.csv": "code,name\nEA,each\n",
    "mappings/layouts/erp.yaml": "a: 1\n",
}


@pytest.fixture
def project(workshop: Workshop) -> LoadedProject:
    workshop.environment["CROSSDOCK_SECRET_PW"] = "hunter2"
    return workshop.load(FILES)


def versions(workshop: Workshop, **changed: str) -> tuple[str, str]:
    routes = workshop.load({**FILES, **{name.replace("__", "/"): text for name, text in changed.items()}}).routes
    return routes["in"].version, routes["out"].version


def test_routes_are_called_after_their_files_whatever_the_folder(project: Loaded) -> None:
    assert sorted(project.routes) == ["in", "out"]


def test_a_source_is_bound_with_its_options_and_an_identity(project: Loaded) -> None:
    source = project.routes["in"].source
    assert (source.connector, source.options.path, source.identity) == ("folder", "in", "in/folder")
    assert project.routes["in"].topics == ()


def test_a_topic_route_has_patterns_and_no_source(project: Loaded) -> None:
    route = project.routes["out"]
    assert (route.source, route.topics, route.about, route.enabled, route.priority) == (
        None,
        ("a.*",),
        "Out.",
        False,
        2,
    )


def test_no_secret_is_in_what_a_project_shows(project: Loaded) -> None:
    assert project.routes["in"].source.options.password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(project)


def test_the_version_stays_while_nothing_changes(project: Loaded, workshop: Workshop) -> None:
    assert versions(workshop) == (project.routes["in"].version, project.routes["out"].version)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("routes/in.yaml", IN + "# a comment\n"),
        ("mappings/m.yaml", FILES["mappings/m.yaml"] + "about: x\n"),
        ("mappings/layouts/erp.yaml", "a: 2\n"),
        ("mappings/tables/units.csv", "code,name\nEA,Each\n"),
    ],
)
def test_the_version_changes_with_everything_the_route_refers_to(
    project: Loaded, workshop: Workshop, file: str, text: str
) -> None:
    changed = workshop.load({**FILES, file: text}).routes
    assert changed["in"].version != project.routes["in"].version
    assert changed["out"].version == project.routes["out"].version


def test_the_version_changes_with_the_environment_a_route_reads(workshop: Workshop) -> None:
    text = "from: {folder: {path: '${IN}'}}\nto: [{folder: {path: out}}]\n"
    workshop.environment["IN"] = "a"
    first = workshop.load({"routes/r.yaml": text}).routes["r"].version
    workshop.environment["IN"] = "b"
    assert workshop.load({"routes/r.yaml": text}).routes["r"].version != first


def test_cases_are_kept_for_the_test_runner(workshop: Workshop) -> None:
    text = OUT + "cases:\n  - {given: samples/a.json, expect_error: C101}\n"
    (case,) = workshop.load({"routes/r.yaml": text, "samples/a.json": "{}"}).routes["r"].cases
    assert (case.given, case.expect_error) == ("samples/a.json", "C101")


def test_a_missing_golden_output_is_a_warning(workshop: Workshop) -> None:
    text = OUT + "cases:\n  - given: samples/a.json\n    expect: {out/x: samples/golden/x}\n"
    told = workshop.findings(
        {
            "routes/in.yaml": "from: {folder: {path: i}}\nto: [{topic: a.b}]\n",
            "routes/r.yaml": text,
            "samples/a.json": "{}",
        }
    )
    assert told == [
        (
            "routes/r.yaml:9:21: warning R117: expected output 'samples/golden/x' does not exist; "
            "'crossdock test --update-golden' writes it"
        )
    ]


def test_a_connector_that_cannot_be_imported_is_told_where_it_is_used(tmp_path: Path) -> None:
    connectors = Registry("crossdock.test.none", Connector)
    connectors._found["sap"] = EntryPoint("sap", "no_such_module:CONNECTOR", "crossdock.connectors")
    (tmp_path / "crossdock.yaml").write_text("")
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "r.yaml").write_text("from:\n  sap: {}\nto: [{topic: a}]\n")
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path, environment={}, connectors=connectors, codecs=Registry("none", CodecKind))
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line) == ("G101", 2)

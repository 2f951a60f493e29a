"""``crossdock diff``: what differs, where, and what it means for messages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossdock.cli.console import engine
from crossdock.cli.main import crossdock
from crossdock.errors import ConfigError
from crossdock.journal.memory import MemoryJournal
from crossdock.ops.changes.comparison import Comparison, compare
from crossdock.ops.changes.sources import Files, in_folder, kind_of, of_revision, that_run
from crossdock.runtime.deployed import deploy
from crossdock.testing.clock import ManualClock

ROUTE = """\
about: Orders.
from:
  file: {path: inbox}
steps:
  - decode: json
  - map: order
  - once: {key: number, within: 90d}
  - validate: order/v1
to:
  - file: {path: erp}
  - file: {path: archive}
  - topic: order.received
order: {by: buyer}
"""
MAPPING = "from: any\nto: any\nfields:\n  number: id\n  unit: lookup('uom', unit)\n"


def files(**changed: str | None) -> Files:
    texts = {"crossdock.yaml": "name: t\n", "routes/orders.yaml": ROUTE, "mappings/order.yaml": MAPPING}
    texts["mappings/tables/uom.csv"] = "from,to\nEA,each\nBX,box\n"
    for name, text in changed.items():
        path = {"route": "routes/orders.yaml", "mapping": "mappings/order.yaml", "table": "mappings/tables/uom.csv"}
        key = path.get(name, "crossdock.yaml" if name == "settings" else f"routes/{name.replace('_', '-')}.yaml")
        if text is None:
            del texts[key]
        else:
            texts[key] = text
    return Files(texts, "test")


def compared(before: Files | None = None, waiting: int | None = None, **changed: str | None) -> Comparison:
    return compare(before or files(), files(**changed), lambda queue: waiting)


def told(comparison: Comparison) -> list[str]:
    return [f"{one.what}: {one.before} → {one.after} {one.place}" for file in comparison.files for one in file.changes]


def meant(comparison: Comparison) -> list[str]:
    return [finding.code for finding in comparison.meaning]


def test_the_same_is_the_same() -> None:
    assert compared().same


def test_comments_and_white_space_are_no_change() -> None:
    assert compared(route=ROUTE.replace("steps:", "# a comment\n\nsteps:")).same


def test_an_option_of_a_step_is_told_with_its_number_and_line() -> None:
    found = compared(route=ROUTE.replace("90d", "30d"))
    assert told(found) == ["steps 3 once.within: 90d → 30d routes/orders.yaml:7:33"]
    assert meant(found) == []


def test_a_step_that_is_put_in_between_is_one_change() -> None:
    found = compared(route=ROUTE.replace("  - map: order\n", "  - filter: \"status != 'x'\"\n  - map: order\n"))
    (one,) = told(found)
    assert one.startswith("steps 2 filter: None → ")
    assert one.endswith("routes/orders.yaml:6:5")


def test_what_went_is_told_at_its_old_line() -> None:
    assert told(compared(route=ROUTE.replace("order: {by: buyer}\n", ""))) == [
        'order: {"by": "buyer"} → None routes/orders.yaml:13:1'
    ]


def test_a_field_of_a_mapping_is_told_and_which_routes_use_it() -> None:
    found = compared(mapping=MAPPING.replace("number: id", "number: order_id"))
    assert told(found) == ["fields.number: id → order_id mappings/order.yaml:4:11"]
    assert found.files[0].used_by == ("orders",)


def test_a_table_is_told_by_its_rows_and_who_uses_it_through_a_mapping() -> None:
    found = compared(table="from,to\nEA,piece\nCT,carton\n")
    assert told(found) == [
        "row EA: EA,each → EA,piece mappings/tables/uom.csv:2:1",
        "row CT: None → CT,carton mappings/tables/uom.csv:3:1",
        "row BX: BX,box → None mappings/tables/uom.csv:3:1",
    ]
    assert found.files[0].used_by == ("orders",)


def test_a_new_key_of_once_lets_copies_pass() -> None:
    assert meant(compared(route=ROUTE.replace("key: number", "key: '[buyer, number]'"))) == ["R489"]
    assert meant(compared(route=ROUTE.replace("  - once: {key: number, within: 90d}\n", ""))) == ["R489"]


def test_another_order_is_told_with_how_much_is_open() -> None:
    (finding,) = compared(route=ROUTE.replace("by: buyer", "by: number"), waiting=7).meaning
    assert (finding.code, finding.place.line) == ("R490", 13)
    assert "7 open ones keep the sequence they came in" in finding.message


def test_a_removed_destination_is_told_with_what_is_open_in_it() -> None:
    found = compared(route=ROUTE.replace("  - file: {path: archive}\n", ""), waiting=3)
    (finding,) = found.meaning
    assert finding.code == "R481"
    assert finding.message.startswith(
        "destination 'file-2' of route 'orders' is removed while 3 messages of it are open"
    )


def test_a_destination_without_a_name_takes_the_queue_of_the_one_before_it() -> None:
    found = compared(route=ROUTE.replace("  - file: {path: erp}\n", ""), waiting=1)
    assert meant(found) == ["R492", "R481"]
    assert "give each destination a 'name'" in str(found.meaning[0])


def test_a_new_destination_is_a_new_queue() -> None:
    found = compared(route=ROUTE.replace("  - topic:", "  - {name: credit, file: {path: credit}}\n  - topic:"))
    assert [one.message for one in found.meaning] == ["new queue 'orders/credit': it gets what passes from now on"]


def test_other_contracts_other_places_and_switches_are_told() -> None:
    assert meant(compared(route=ROUTE.replace("order/v1", "invoice/v1"))) == ["R491"]
    assert meant(compared(route=ROUTE.replace("path: inbox", "path: other"))) == ["R487"]
    assert meant(compared(route=ROUTE + "enabled: false\n")) == ["R485"]
    assert meant(compared(route=ROUTE.replace("decode: json", "decode: csv"))) == ["R488"]


def test_a_renamed_topic_is_told_to_who_reads_it() -> None:
    reader = "from: {topic: order.received}\nto:\n  - file: {path: out}\n"
    found = compared(files(reader=reader), reader=reader.replace("received", "accepted"))
    assert [(one.code, str(one.severity)) for one in found.meaning] == [("R486", "note"), ("R486", "warning")]


def test_routes_that_come_and_go_are_told() -> None:
    reader = "from: {topic: order.received}\nto:\n  - file: {path: out}\n"
    assert meant(compared(reader=reader)) == ["R485"]
    assert meant(compared(files(reader=reader), waiting=2)) == ["R481", "R481", "R485"]


def test_another_journal_is_an_error() -> None:
    (finding,) = compared(settings="name: t\njournal: other.db\n").meaning
    assert (finding.code, str(finding.place)) == ("R480", "crossdock.yaml:2:1")


def test_where_nothing_was_deployed_every_file_is_new_and_means_nothing() -> None:
    found = compare(Files({}, "none"), files(), lambda queue: None)
    assert {one.how for one in found.files} == {"added"}
    assert not found.meaning


def test_a_route_that_is_no_yaml_is_a_finding() -> None:
    with pytest.raises(ConfigError) as caught:
        compared(route="from: [")
    assert caught.value.findings[0].code == "Y003"


@pytest.mark.parametrize(
    "text", ["", "[]", "just text", "steps: 1\nto: {}\nfrom: []", "to: [1, [2], {}]\nsteps: [x, {}, {once: 1}]"]
)
def test_a_route_of_any_shape_is_compared(text: str) -> None:
    assert not compared(route=text).same
    assert not compare(files(route=text), files(), lambda queue: 1).same


def test_files_that_no_project_reads_have_no_kind() -> None:
    assert [kind_of(path) for path in ("routes/x.md", "samples/a.yaml", "README.md")] == [None, None, None]


def test_nothing_was_deployed_by_a_journal_that_ran_nothing(journal: MemoryJournal) -> None:
    assert that_run(journal) is None


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal(ManualClock())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in files(route=ROUTE.replace("  - validate: order/v1\n", "")).texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def diff(project: Path) -> Callable[..., Result]:
    return lambda *options: CliRunner().invoke(crossdock, ["diff", "--project", str(project), *options])


def test_the_command_compares_with_what_ran_last(project: Path, diff: Callable[..., Result]) -> None:
    assert "nothing is deployed yet" in diff().stdout
    opened = engine(project)
    with closing(opened.open_journal()) as journal:
        deploy(journal, opened)
        deploy(journal, opened)
    assert (diff().exit_code, diff().stdout.splitlines()[-1]) == (0, "nothing differs")
    route = project / "routes" / "orders.yaml"
    route.write_text(route.read_text().replace("90d", "30d"))
    (project / "mappings" / "tables" / "uom.csv").unlink()
    result = diff()
    assert result.exit_code == 1
    assert "~ steps 3 once.within: 90d → 30d  routes/orders.yaml:7:33" in result.stdout
    assert "- mappings/tables/uom.csv" in result.stdout


def test_the_command_compares_with_a_folder_as_json(project: Path, diff: Callable[..., Result], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "crossdock.yaml").write_text("name: other\n")
    result = diff("--against", str(other), "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["same"]) == (1, False)
    assert found["files"][0]["changes"] == [
        {"what": "name", "from": "other", "to": "t", "place": {"file": "crossdock.yaml", "line": 1, "column": 7}}
    ]
    assert found["meaning"][0]["code"] == "R485"


def test_the_command_compares_with_a_revision(project: Path, diff: Callable[..., Result]) -> None:
    def git(*arguments: str) -> None:
        command = ["git", "-C", str(project), "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    assert "R484" in str(diff("--against-git", "HEAD").exception)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    assert diff("--against-git", "HEAD").exit_code == 0
    assert of_revision(project, "HEAD").texts == in_folder(project).texts
    (project / "mappings" / "order.yaml").write_text(MAPPING.replace("number: id", "number: no"))
    assert "~ fields.number: id → no" in diff("--against-git", "HEAD").stdout
    assert diff("--against-git", "HEAD", "--against", str(project)).exit_code == 2


def test_a_table_whose_first_column_repeats_is_told_by_its_lines() -> None:
    before = files(table="from,to\nEA,each\nEA,piece\n")
    assert told(compared(before, table="from,to\nEA,unit\nEA,piece\n")) == [
        "line: EA,each → EA,unit mappings/tables/uom.csv:2:1"
    ]


def test_what_went_is_told_in_its_order() -> None:
    rows = "".join(f"U{number},unit\n" for number in range(9))
    gone = compared(files(table=f"from,to\n{rows}"), table="from,to\n").files[0].changes
    assert [one.what for one in gone] == [f"row U{number}" for number in range(9)]


def test_a_mistake_in_the_earlier_state_is_not_placed_in_todays_file() -> None:
    with pytest.raises(ConfigError) as refused:
        compared(files(route="from: ["))
    assert [str(finding.place) for finding in refused.value.findings] == ["routes/orders.yaml (test):2:1"]


def test_the_name_of_a_revision_is_no_option_for_git(project: Path, diff: Callable[..., Result]) -> None:
    assert "R484" in str(diff("--against-git", f"--output={project}/written").exception)
    assert not (project / "written").exists()


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_file_that_cannot_be_read_is_a_finding(project: Path, kind: str) -> None:
    path = project / "routes" / "odd.yaml"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("nowhere")
    with pytest.raises(ConfigError) as refused:
        in_folder(project)
    assert [(one.code, str(one.place)) for one in refused.value.findings] == [("P103", "routes/odd.yaml:1:1")]

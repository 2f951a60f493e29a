"""Running many cases: which, in how many processes, their coverage and reports, and again when something changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from click.testing import CliRunner
from tests.unit.cases.conftest import Shop

from crossdock.cli.retest import Rounds
from crossdock.cli.test import test as command
from crossdock.testing.runner import listed

CROSSDOCK = (sys.executable, "-W", "error", "-m", "crossdock")
MAPPING = """\
from: json/thing
fields:
  number: number
  kind: {expr: kind, default: plain}
  unit: lookup('units', unit)
  lines:
    each: lines
    fields: {sku: sku}
cases:
  - {given: {number: "1", unit: EA}, expect: {number: "1", kind: plain, unit: piece}}
"""
ROUTE = """\
from: {topic: t}
steps:
  - filter: "n > `0`"
  - choose:
      - when: "n == `1`"
        to: [{topic: one}]
      - otherwise:
          to: [{topic: many}]
to:
  - {name: erp, echo: {effect: keyed}}
  - {name: big, echo: {effect: keyed}, when: "n > `100`"}
cases:
  - {about: the first, given: {n: 1}, effects: {erp: 1, big: 0, one: 1}}
"""
TABLE = "code,name\nEA,piece\nCS,case\nKG,kilo\n"


@pytest.fixture
def project(shop: Shop) -> Shop:
    shop.write(**{"mappings/m.yaml": MAPPING, "routes/r.yaml": ROUTE, "mappings/tables/units.csv": TABLE})
    return shop


def run(shop: Shop, *arguments: str, answer: str | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["--project", str(shop.root), *arguments], input=answer)
    return done.exit_code, done.output


def test_coverage_names_what_no_case_comes_to(project: Shop) -> None:
    code, output = run(project, "--coverage")
    told = output.splitlines()
    assert code == 0
    for line in (
        "  mappings/m.yaml:4: never set: kind",
        "  mappings/m.yaml:7: loop never entered: lines",
        "  mappings/m.yaml:8: never set: lines/*/sku",
        "  routes/r.yaml:3: always holds: n > `0`",
        "  routes/r.yaml:5: always holds: n == `1`",
        "  routes/r.yaml:7: otherwise",
        "  routes/r.yaml:8: nothing is sent there",
        "  routes/r.yaml:11: never holds: n > `100`",
        "  mappings/tables/units.csv: lines 3-4",
    ):
        assert line in told, output
    assert sum("default never taken" in line for line in told) == 0


def test_a_full_coverage_has_nothing_to_name(project: Shop) -> None:
    more = "  - {given: {n: 500}, effects: {big: 1}}\n  - {given: {n: 0}, expect_skip: true}\n"
    rows = [
        f"  - {{given: {{number: '1', kind: k, unit: {unit}, lines: [{{sku: s}}]}}, expect: {{}}}}\n"
        for unit in ("CS", "KG")
    ]
    project.write(**{"routes/r.yaml": ROUTE + more, "mappings/m.yaml": MAPPING + "".join(rows)})
    told = project.runner().coverage()
    assert (told.share().percent, told.missing) == (100.0, [])


def test_the_minimum_is_an_option_and_a_setting(project: Shop) -> None:
    assert run(project, "--coverage-min", "10")[0] == 0
    code, output = run(project, "--coverage-min", "99")
    assert (code, "%, below 99 %" in output) == (1, True)
    project.write(**{"crossdock.yaml": "test: {coverage: 99}\n"})
    assert run(project)[0] == 1
    assert run(project, "r")[0] == 0


def test_several_processes_give_the_same_results_and_coverage_in_the_same_order(project: Shop) -> None:
    more = "".join(f"  - {{given: {{n: {n}}}, effects: {{erp: 1}}}}\n" for n in range(1, 9))
    project.write(**{"routes/r.yaml": ROUTE + more})
    # A process of its own: where other threads run, as in that of a test, nothing is forked.
    arguments = ["test", "--project", str(project.root), "--coverage", "--json", "--jobs"]
    alone, together = (
        json.loads(subprocess.run([*CROSSDOCK, *arguments, jobs], capture_output=True, check=True).stdout)
        for jobs in "12"
    )
    for one in (*alone["cases"], *together["cases"]):
        del one["seconds"]
    assert (alone, len(together["cases"])) == (together, 10)


def test_cases_are_chosen_by_pattern_and_number(project: Shop) -> None:
    opened = project.load()
    found = [[one.id for one in listed(opened, [pattern])] for pattern in ("*", "r", "m#1", "?#*", "m#2")]
    assert found == [["m#1", "r#1"], ["r#1"], ["m#1"], ["m#1", "r#1"], []]
    assert run(project, "m#2")[0] == 2


def test_a_failed_case_is_told_with_its_place_in_text_json_and_xml(project: Shop, tmp_path: Path) -> None:
    project.write(**{"routes/r.yaml": ROUTE.replace("one: 1", "one: 2")})
    report = tmp_path / "report.xml"
    code, output = run(project, "--junit", str(report))
    assert (code, "FAIL r #1 the first  (routes/r.yaml:13)" in output, "one: expected 2 effects, got 1" in output) == (
        1,
        True,
        True,
    )
    told = json.loads(run(project, "--json")[1])["cases"][1]
    assert (told["place"], told["problems"]) == ("routes/r.yaml:13", ["one: expected 2 effects, got 1"])
    root = fromstring(report.read_bytes())  # noqa: S314 - our own
    (failed,) = root.iterfind("testsuite/testcase[failure]")
    assert (root.get("tests"), root.get("failures"), failed.get("file"), failed.get("line")) == (
        "2",
        "1",
        "routes/r.yaml",
        "13",
    )


def test_characters_that_xml_has_no_place_for_do_not_break_the_report(project: Shop, tmp_path: Path) -> None:
    about = r'about: "a\x01\uFFFE<&]]>", given: {n: 1}, effects: {one: 2}'
    project.write(**{"routes/r.yaml": ROUTE.partition("  - {about")[0] + f"  - {{{about}}}\n"})
    report = tmp_path / "report.xml"
    assert run(project, "r", "--junit", str(report))[0] == 1
    (case,) = fromstring(report.read_bytes()).iter("testcase")  # noqa: S314 - our own
    assert case.get("name") == "r#1 a··<&]]>"


def test_expected_files_are_shown_and_asked_for_before_they_are_written(project: Shop) -> None:
    project.write(
        **{
            "routes/r.yaml": "from: {topic: t}\nto: [{topic: u}]\ncases:\n  - {given: {n: 1}, expect: {u: samples/u.json}}\n"
        }
    )
    golden = project.root / "samples/u.json"
    golden.parent.mkdir()
    golden.write_text('{"n": 2}')
    code, output = run(project, "r", "--update-golden", answer="n\n")
    assert (code, '-  "n": 2' in output, '+  "n": 1' in output, golden.read_text()) == (1, True, True, '{"n": 2}')
    code, output = run(project, "r", "--update-golden", answer="y\n")
    assert (code, "1 passed, 0 failed" in output, json.loads(golden.read_text())) == (0, True, {"n": 1})


def test_only_what_a_change_concerns_runs_again(project: Shop) -> None:
    def once() -> list[str]:
        opened = rounds.opened()
        return [result.id for result in rounds.run(opened)] if opened else []

    rounds = Rounds(project.root, (), 1)
    assert once() == ["m#1", "r#1"]
    assert (once(), rounds.stale()) == ([], False)
    project.write(**{"mappings/tables/units.csv": TABLE + "PR,pair\n"})
    assert (rounds.stale(), once()) == (True, ["m#1"])
    project.write(**{"routes/r.yaml": ROUTE.replace("one: 1", "one: 2")})
    assert once() == ["r#1"]
    assert once() == ["r#1"]  # it failed: it comes again until it passes
    project.write(**{"routes/r.yaml": "from: {"})
    assert (once(), rounds.stale()) == ([], False)


def test_every_case_is_a_test_of_pytest(project: Shop) -> None:
    project.write(
        **{
            "routes/r.yaml": ROUTE.replace("one: 1", "one: 2"),
            "test_project.py": "from crossdock.testing import cases\n\ntest_cases = cases('.')\n",
        }
    )
    arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", str(project.root), "test_project.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=project.root, capture_output=True, text=True, check=False
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "FAILED test_project.py::test_cases[r#1] - Failed: routes/r.yaml:13: the first" in done.stdout, done.stdout
    assert "one: expected 2 effects, got 1" in done.stdout

"""``order: {by}`` on a route that splits, by real processes: what waits behind a held part, and how a run tells of it."""

from __future__ import annotations

from typing import Any

from tests.flow.conftest import Project

ROUTE = """\
steps:
  - decode: words
  - split: words
  - check: [{name: odd, that: "word != 'apple'", severity: hold, text: look}]
to:
  - recorder: {to: out.log}
    encode: words
order: {by: "KEY"}
"""


def _listed(project: Project, *options: str) -> list[dict[str, Any]]:
    found: Any = project.command("dead", "list", "--refused", *options, "--json")
    return list(found)


def test_a_run_ends_when_only_what_waits_behind_a_held_part_is_left(project: Project, inbox: str) -> None:
    project.write(r=inbox + ROUTE.replace("KEY", "to_string(length(word) > `4`)"))
    project.drop("plum apple grape fig melon")
    project.finish()
    assert project.effects() == ["plum", "fig"]
    assert project.states("r") == {"delivered": 3, "held": 1, "waiting": 2}

    report = project.command("run", "--until-idle", "--json")
    assert report["stuck"] == {"r": 2}

    assert project.command("hold", "release", "--all", "--route", "r") == {"code": 0}
    project.finish()
    assert project.effects()[2:] == ["apple", "grape", "melon"]
    assert project.balanced()


def test_what_a_source_brought_and_was_refused_is_listed(project: Project, inbox: str) -> None:
    project.write("limits: {payload: 10B}\n", r=inbox + ROUTE.replace("KEY", "word"))
    project.drop("far too many words for ten bytes", "much.txt")
    project.finish()
    (one,) = _listed(project)
    assert one["route"] == "r"
    assert "much.txt" in one["identity"]
    assert [finding["code"] for finding in one["findings"]] == ["E404"]
    assert _listed(project, "--route", "s") == []

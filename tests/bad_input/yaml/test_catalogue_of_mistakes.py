"""Every case of the catalogue gives the findings under its carets, at their places, in their words, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.bad_input.yaml.mistakes import Mistake, every_mistake, found_in, with_carets

from crossdock.ops.explained import catalogue

MISTAKES = every_mistake()

#: Codes that no page can show: what other commands give, or a message on its way; with the reason of each.
ELSEWHERE = {
    r"M30[0-8]|M31[01]": "as a document is mapped",
    r"M36[01]": "as `crossdock map` is asked",
    r"M(118|131|324)": "an expression, a table, or mappings in each other that are too large for a page",
    r"P(103|110|111)": "a link that leads out of the project, a folder that is none, a secret that is no file",
    r"P(13.|14.|15.|20.|21.|22.|23.|24.|25.|26.|27.|28.|293|30.|310)": "a partner's payload, or a checklist",
    r"R(100|40.|410|46.|48.|49.|60.)": "as a message is routed, in `test`, in `run --watch` and in `diff`",
    r"Y00[12]": "bytes that are too many, or no UTF-8",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.page}: {one.title}")
def test_a_mistake_gives_exactly_its_findings(mistake: Mistake, tmp_path: Path) -> None:
    assert with_carets(mistake.files, found_in(tmp_path, mistake.files)) == mistake.written


def test_the_project_below_all_cases_has_no_mistake(tmp_path: Path) -> None:
    assert found_in(tmp_path, {}) == ()


def test_there_are_at_least_eighty_mistakes_and_each_is_told_about() -> None:
    assert len(MISTAKES) >= 80
    assert [one.title for one in MISTAKES if not one.codes and not one.title.startswith("No mistake")] == []


def test_every_code_that_check_can_give_has_an_example() -> None:
    shown = {code for mistake in MISTAKES for code in mistake.codes}
    elsewhere = re.compile("|".join(ELSEWHERE))
    given = {code for code in catalogue() if code[0] in "MPRY" and not elsewhere.fullmatch(code)}
    assert sorted(given - shown) == []


def test_no_two_cases_have_one_name() -> None:
    titles = [one.title for one in MISTAKES]
    assert sorted(set(titles)) == sorted(titles)

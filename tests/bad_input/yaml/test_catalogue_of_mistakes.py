"""Every case of the catalogue gives the findings under its carets, at their places, in their words, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.bad_input.yaml.mistakes import Mistake, every_mistake, found_in, with_carets

from crossdock.ops.explained import catalogue

MISTAKES = every_mistake()

#: Codes that other commands give, or a message on its way, and those whose files cannot be shown on a page.
ELSEWHERE = re.compile(
    r"M(118|131|300|301|302|303|304|305|306|307|308|310|311|324)"  # as a document is mapped; too large
    r"|P(103|110|111|112|113|114|13.|14.|15.|20.|21.|22.|23.|24.|25.|26.|27.|28.|293|30.|310)"  # the folder, links
    r"|R(100|40.|410|45.|46.|48.|49.|60.)|Y00[12]"  # as a message is routed, in `test` and `diff`; not UTF-8
    r"|P(129|29[124])|R50[024]"  # of larger projects: tests/unit/partner, tests/unit/preflight, tests/unit/preset
)


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
    given = {code for code in catalogue() if code[0] in "MPRY" and not ELSEWHERE.match(code)}
    assert sorted(given - shown) == []


def test_no_two_cases_have_one_name() -> None:
    titles = [one.title for one in MISTAKES]
    assert sorted(set(titles)) == sorted(titles)

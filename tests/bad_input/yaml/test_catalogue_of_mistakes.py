"""Every case of the catalogue gives the findings under its carets, at their places, in their words, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bad_input.yaml.mistakes import Mistake, every_mistake, found_in, with_carets

MISTAKES = every_mistake()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.page}: {one.title}")
def test_a_mistake_gives_exactly_its_findings(mistake: Mistake, tmp_path: Path) -> None:
    assert with_carets(mistake.files, found_in(tmp_path, mistake.files)) == mistake.written


def test_the_project_below_all_cases_has_no_mistake(tmp_path: Path) -> None:
    assert found_in(tmp_path, {}) == ()


def test_there_are_at_least_eighty_mistakes_and_each_is_told_about() -> None:
    assert len(MISTAKES) >= 80
    assert [one.title for one in MISTAKES if not one.codes and not one.title.startswith("No mistake")] == []


def test_no_two_cases_have_one_name() -> None:
    titles = [one.title for one in MISTAKES]
    assert sorted(set(titles)) == sorted(titles)

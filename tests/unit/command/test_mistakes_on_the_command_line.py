from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import command


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crossdock.yaml").write_text("name: shop\n")
    return tmp_path


def test_a_revision_that_git_does_not_know_is_told_in_words(project: Path) -> None:
    told = command(project, "diff", "--against-git", "nosuch")
    assert told.code == 3
    assert told.errors.startswith("error R484: git does not give the files of 'nosuch': ")


def test_a_function_is_shown_with_its_example(project: Path) -> None:
    told = command(project, "functions", "upper")
    assert told.code == 0
    assert told.output.splitlines() == [
        "upper(value: text or number) -> text  In capital letters.",
        "",
        "    upper('ea')  gives \"EA\"",
    ]


def test_a_function_that_does_not_exist_is_told_with_the_one_that_was_meant(project: Path) -> None:
    told = command(project, "functions", "uper")
    assert told.code == 3
    assert told.errors == "error M111: unknown function 'uper'; did you mean 'upper'?\n"


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_check_repeats_no_secret_in_any_form(project: Path, form: str) -> None:
    (project / "routes").mkdir()
    (project / "routes/in.yaml").write_text(
        "from:\n"
        "  ftp: {host: ftp.acme.example, tls: explicit, user: a, password: hunter2secret, pth: /out}\n"
        "to:\n"
        "  - ftp: {host: ftp.acme.example, tls: explicit, user: a, password: 4711081500, path: /in}\n"
        "  - http: {post: 'https://acme.example/?token=3f1c9b7a2d', headers: {Authorization: Bearer 8e0c11d2f5}}\n"
    )
    told = command(project, "check", "--format", form)
    shown = told.output + told.errors
    assert [one for one in ("R118", "R154", "pth") if one not in shown] == []
    assert [one for one in ("hunter2secret", "4711081500", "3f1c9b7a2d", "8e0c11d2f5") if one in shown] == []

from __future__ import annotations

import pytest

from crossdock.errors import Finding, Place
from crossdock.yaml_source import render_finding

TEXT = "from:\n  file: {pth: inbox/}\n\tname: 'a b'\n"


def frame(line: int | None, column: int | None, value: str | None = None) -> list[str]:
    finding = Finding(code="T1", message="m", place=Place(file="f", line=line, column=column), value=value)
    return render_finding(finding, TEXT).splitlines()[1:]


def test_the_line_is_shown_with_the_one_before_and_a_caret_under_the_word() -> None:
    assert frame(2, 10, "pth") == ["  1 | from:", "  2 |   file: {pth: inbox/}", "    |          ^^^"]


def test_without_a_value_the_caret_is_as_long_as_the_word_there() -> None:
    assert frame(2, 15)[-1] == "    |               ^^^^^^"


def test_quoted_text_is_underlined_whole() -> None:
    assert frame(3, 8)[-1] == "    | \t      ^^^^^"


def test_a_key_is_underlined_without_its_colon() -> None:
    assert frame(1, 1)[-1] == "    | ^^^^"


def test_a_place_without_a_line_has_no_frame() -> None:
    assert frame(None, None) == []


def test_a_line_the_file_no_longer_has_gives_no_frame() -> None:
    assert frame(99, 1) == []


def test_a_column_beyond_the_line_still_points() -> None:
    assert frame(1, 9)[-1] == "    |         ^"


def shown(line: str, *, code: str = "T1", column: int = 1) -> str:
    finding = Finding(code=code, message="m", place=Place(file="f", line=1, column=column))
    return render_finding(finding, line).splitlines()[1].removeprefix("  1 | ")


@pytest.mark.parametrize(
    ("line", "covered"),
    [
        ("ftp: {user: a, password: hunter2, pth: b}", "ftp: {user: a, password: *******, pth: b}"),
        ("    password: hunter2, secret  # mine", "    password: ***************  # mine"),
        ('pasword: "a, b}c"', "pasword: ********"),
        ("client_secret: ${X:-hunter2}", "client_secret: *************"),
        ("headers: {Authorization: Bearer 3f1c9b}", "headers: {Authorization: *************}"),
        ("post: https://x.example/a?id=7&api_key=3f1c9b", "post: https://x.example/a?id=7&api_key=******"),
        ("passwords: [hunter2, swordfish]", "passwords: ********************"),
    ],
)
def test_what_its_name_calls_a_secret_is_covered_whatever_the_finding(line: str, covered: str) -> None:
    assert shown(line) == covered


@pytest.mark.parametrize(
    "line",
    [
        "password: ${secret:acme}",
        'auth: {bearer: "${secret:acme}", x: y}',
        "once: {key: number, within: 90d}",
        "passive: true",
        "token: {url: https://x.example}",
        "path: out/2026",
    ],
)
def test_what_is_no_secret_is_shown(line: str) -> None:
    assert shown(line) == line


def test_a_line_without_end_is_covered_whole() -> None:
    assert set(shown("secret: " * 80_000)) == {"*"}


def test_a_secret_that_was_found_is_covered_whatever_its_name() -> None:
    assert shown("  sign_with: 'hun ter2'", code="R118", column=14) == "  sign_with: **********"


def test_a_secret_that_was_found_is_covered_below_other_findings_of_its_line() -> None:
    secret = Finding(code="R118", message="m", place=Place(file="f", line=1, column=6))
    other = Finding(code="T1", message="m", place=Place(file="f", line=1, column=15))
    assert render_finding(other, "{k1: hunter2, pth: a}", [secret, other]).splitlines()[1:] == [
        "  1 | {k1: *******, pth: a}",
        "    |               ^^^",
    ]


def test_user_and_password_of_a_url_are_not_shown() -> None:
    finding = Finding(code="T1", message="m", place=Place(file="f", line=1, column=10))
    shown = render_finding(finding, "journal: postgresql://u:hunter2/x@h:5432/db\n").splitlines()
    assert shown[1:] == [
        "  1 | journal: postgresql://***********@h:5432/db",
        "    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    ]

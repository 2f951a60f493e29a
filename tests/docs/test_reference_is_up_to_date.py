"""The reference is what the code says, and nothing that users meet is left out of it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from tests.docs.conftest import PAGES, ROOT

REFERENCE = ROOT / "docs" / "reference"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def test_every_page_is_what_the_code_says_and_every_error_code_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs")
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    assert generator["main"](["--check"]) == 0, capsys.readouterr().err


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, *sorted(REFERENCE.rglob("*.md"))], ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


def test_the_index_lists_every_page() -> None:
    indexes = (ROOT / "docs" / "README.md", REFERENCE / "edi" / "README.md")
    index = "".join(one.read_text(encoding="utf-8") for one in indexes)
    pages = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "README.md"]
    named = {
        page: page.name if page.parent.name == "edi" else page.relative_to(ROOT / "docs").as_posix() for page in pages
    }
    assert [page.name for page, name in named.items() if name not in index] == []

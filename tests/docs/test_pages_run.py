"""What a page shows is what happens: its commands run, its YAML is loaded, its cases pass."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from tests.docs.conftest import FOLDERS, GUIDE, PAGES, ROOT, Block, Shell, blocks_of, commands_of

from crossdock.connector import Connector, Done, Parcel, Sink, Surroundings
from crossdock.message import Inline
from crossdock.ops.pack import copy_pack

TOLD = [page for page in PAGES if any(block.language in ("console", "yaml") for block in blocks_of(page))]
_STEPS = "from: {{topic: order.received}}\nsteps:\n{steps}\nto:\n  - topic: order.changed\n"
_STEPS_FROM_FILES = "from: {{file: {{path: inbox/example}}}}\nsteps:\n{steps}\nto:\n  - topic: order.changed\n"


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.stem)
def test_a_page_is_a_story_that_happens(page: Path, shell: Shell) -> None:
    blocks = blocks_of(page)
    if not _makes_its_project(blocks):
        shell.folder = shell.folder / "shop"
        copy_pack(shell.folder)
    for block in blocks:
        if block.kind.startswith("file="):
            _put(shell.folder / block.kind.removeprefix("file="), block.text)
        elif block.language == "console":
            for command, expected in commands_of(block):
                shell.says(command, expected)
    _load([block for block in blocks if block.language == "yaml"], shell)


def _makes_its_project(blocks: list[Block]) -> bool:
    first = next((command for block in blocks if block.language == "console" for command, _ in commands_of(block)), "")
    return first.startswith("crossdock init")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _load(blocks: list[Block], shell: Shell) -> None:
    """Add the page's examples to its project, and let it be checked; examples with cases are tested."""
    for number, block in enumerate(blocks):
        kind, text = ("route", _steps(block.text)) if block.kind == "steps" else (block.kind, block.text)
        if not kind.startswith("file="):
            _put(shell.folder / FOLDERS[kind] / f"example-{number}.yaml", text)
    said = shell.run("crossdock check --json")
    assert '"severity": "error"' not in said, said
    if with_cases := " ".join(_with_cases(blocks)):
        said = shell.run(f"crossdock test {with_cases}")
        assert " 0 failed" in said, said


def _with_cases(blocks: list[Block]) -> Iterator[str]:
    """The names of the page's own: the pack around them has its own tests, and cannot know what a page adds to it."""
    for number, block in enumerate(blocks):
        if "\ncases:" in block.text:
            in_file = block.kind.startswith("file=")
            yield Path(block.kind).stem if in_file else f"example-{number}"


def _steps(text: str) -> str:
    around = _STEPS_FROM_FILES if "decode:" in text else _STEPS
    return around.format(steps=textwrap.indent(text, "  "))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_yaml_block_says_what_it_is(page: Path) -> None:
    known = {*FOLDERS, "steps"}
    kinds = [block.kind for block in blocks_of(page) if block.language == "yaml"]
    assert [kind for kind in kinds if kind not in known and not kind.startswith("file=")] == []


def test_the_connector_of_the_guide_delivers(tmp_path: Path) -> None:
    (block,) = [block for page in GUIDE for block in blocks_of(page) if block.kind == "connector"]
    names: dict[str, object] = {"__name__": "shout"}
    exec(compile(block.text, "shout.py", "exec"), names)  # noqa: S102 - a page of ours
    connector = names["CONNECTOR"]
    assert isinstance(connector, Connector)
    assert connector.sink is not None
    around = Surroundings(root=tmp_path, name="r/shout", now=lambda: datetime.now(UTC))
    sink = cast(Sink, connector.sink.open(connector.sink.options.model_validate({"path": "out"}), around))
    assert sink.send([Parcel(key="k", message="m", payload=Inline(b"hey"))]) == [Done(str(tmp_path / "out"))]
    assert (tmp_path / "out").read_bytes() == b"HEY"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150

"""What people install: the engine, its data, its types and the distributor pack; nothing of the workshop."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from crossdock.ops.pack import PARTS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = str(tmp_path_factory.mktemp("wheel"))
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    return set(zipfile.ZipFile(wheel).namelist())


def _beneath(folder: Path) -> set[str]:
    paths = [folder] if folder.is_file() else folder.rglob("*")
    return {path.relative_to(ROOT).as_posix() for path in paths if path.is_file() and "cache" not in path.parent.name}


def test_the_wheel_has_every_file_of_the_two_packages(names: set[str]) -> None:
    modules = _beneath(ROOT / "engine") | _beneath(ROOT / "connectors")
    assert {name.partition("/")[2] for name in modules} <= names


def test_the_wheel_has_the_distributor_pack(names: set[str]) -> None:
    pack = {name for part in PARTS for name in _beneath(ROOT / part)}
    assert {f"crossdock/pack/{name}" for name in pack} <= names


def test_the_wheel_has_nothing_else(names: set[str]) -> None:
    assert {name.split("/")[0] for name in names} == {"crossdock", "crossdock_connectors", "crossdock-0.1.0.dist-info"}

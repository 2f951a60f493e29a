"""The connector package of the guide: built, installed and used as a stranger's would be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.conftest import ROOT

PACKAGE = ROOT / "docs" / "examples" / "crossdock-maildir"
ROUTE = """\
from:
  maildir: {path: mail/in}
to:
  - maildir: {path: mail/out}
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine with crossdock, where Python finds the packages of a folder more."""

    packages: Path

    def run(self, *command: str, here: Path) -> str:
        """What a Python module prints, which must succeed."""
        path = os.pathsep.join([str(self.packages), str(ROOT / "engine"), str(ROOT / "connectors")])
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=here,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built from a copy of its folder without any network."""
    copy = tmp_path_factory.mktemp("source") / "crossdock-maildir"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "dist")]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture
def machine(wheel: Path, tmp_path: Path) -> Machine:
    """The wheel installed into a folder: of a pure one that is all there is to it."""
    packages = tmp_path / "packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    return Machine(packages)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """A project with a route over the connector."""

    def make(settings: str = "name: shop\n", plugins: Sequence[Path] = ()) -> Path:
        root = tmp_path / "shop"
        for name in (
            "routes",
            "plugins",
            *(f"mail/{box}/{part}" for box in ("in", "out") for part in ("tmp", "new", "cur")),
        ):
            (root / name).mkdir(parents=True)
        for plugin in plugins:
            shutil.copy(plugin, root / "plugins")
        (root / "crossdock.yaml").write_text(settings)
        (root / "routes" / "mail.yaml").write_text(ROUTE)
        (root / "mail/in/new/1").write_bytes(b"Subject: order\n\n4711\n")
        return root

    return make


def test_it_passes_the_whole_contract_from_where_it_is_installed(machine: Machine, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    options = ["-q", "-p", "no:cacheprovider", "-W", "error", "--basetemp", str(tmp_path / "base")]
    said = machine.run("pytest", *options, str(tmp_path / "tests"), here=tmp_path)
    assert " passed" in said
    assert "skipped" not in said


def test_it_is_listed_checked_tried_and_run_like_one_of_ours(machine: Machine, project: Callable[..., Path]) -> None:
    root = project()
    described = json.loads(machine.run("crossdock", "connectors", "maildir", "--json", here=root))["maildir"]
    assert described["about"].startswith("Folders of mail")
    assert list(described["source"]["properties"]) == ["path"]
    tried = json.loads(machine.run("crossdock", "check", "--connect", "--json", here=root))["connections"]
    assert (tried["findings"], len(tried["reached"])) == ([], 2)
    machine.run("crossdock", "run", "--until-idle", "--workers", "1", here=root)
    assert [one.read_bytes() for one in (root / "mail/out/new").iterdir()] == [b"Subject: order\n\n4711\n"]
    assert [one.name for one in (root / "mail/in/cur").iterdir()] == ["1:2,S"]


def test_the_same_file_is_a_plug_in_of_a_project(tmp_path: Path, project: Callable[..., Path]) -> None:
    root = project("name: shop\nplugins: [plugins/crossdock_maildir.py]\n", [PACKAGE / "crossdock_maildir.py"])
    bare = Machine(tmp_path / "nothing")
    assert bare.run("crossdock", "check", here=root).splitlines()[-1] == "1 route: 0 errors, 0 warnings"

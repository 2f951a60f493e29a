"""What ``crossdock new connector`` writes is a package: built and installed offline, it passes the contract as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

from click.testing import CliRunner

from crossdock.cli.new import new

ROOT = Path(__file__).parents[3]


def test_the_drafted_package_is_built_installed_and_passes_the_suites(tmp_path: Path) -> None:
    assert CliRunner().invoke(new, ["connector", "drafted_here", "--in", str(tmp_path)]).exit_code == 0
    package, installed = tmp_path / "crossdock-drafted-here", tmp_path / "installed"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=package, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    (found,) = distributions(path=[str(installed)])
    registered = [(one.group, one.name, one.value) for one in found.entry_points]
    assert registered == [("crossdock.connectors", "drafted_here", "crossdock_drafted_here:CONNECTOR")]
    (package / "crossdock_drafted_here.py").unlink()  # what is tested is what was installed
    path = os.pathsep.join(map(str, (installed, ROOT / "engine", ROOT / "connectors")))
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-W",
        "error",
        "--basetemp",
        "base",
        "tests",
    ]
    said = subprocess.run(
        suite, cwd=package, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert "skipped" not in said.stdout

"""The locks: names, versions and hashes of everything pyproject.toml asks for, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())

LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-dev.lock": [*PROJECT["dependency-groups"]["dev"], *PROJECT["dependency-groups"]["contract"]],
    "requirements-bootstrap.lock": PROJECT["dependency-groups"]["bootstrap"],
    "requirements-live.lock": PROJECT["dependency-groups"]["live"],
}

LOCKED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9a-z.]*)( ; [^\\]+)? \\", re.ASCII)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?", re.ASCII)


def _lines(lock: str) -> list[str]:
    return (ROOT / lock).read_text().splitlines()


def _versions(lock: str) -> dict[str, str]:
    pinned = [LOCKED.fullmatch(line) for line in _lines(lock)]
    return {match["name"]: match["version"] for match in pinned if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_what_pyproject_asks_for(lock: str) -> None:
    versions = _versions(lock)
    asked = [Requirement(text) for text in LOCKS[lock]]
    unmet = [
        str(need) for need in asked if not need.specifier.contains(versions.get(canonicalize_name(need.name), "0"))
    ]
    assert unmet == [], "run: ./dev lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_names_versions_and_hashes_only(lock: str) -> None:
    assert [line for line in _lines(lock) if not (LOCKED.fullmatch(line) or HASH.fullmatch(line))] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_a_hash(lock: str) -> None:
    lines = _lines(lock)
    assert [
        name
        for name, after in zip(lines, [*lines[1:], ""], strict=True)
        if LOCKED.match(name) and not HASH.match(after)
    ] == []


def test_development_runs_with_the_versions_users_get() -> None:
    runtime, development = _versions("requirements.lock"), _versions("requirements-dev.lock")
    assert {name: development[name] for name in runtime.keys() & development} == {
        name: runtime[name] for name in runtime.keys() & development
    }

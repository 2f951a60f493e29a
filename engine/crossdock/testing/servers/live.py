"""Where systems that are not ours live: an environment beside ours, as what they need does not go together with ours.

``./dev test`` makes it (``.dev/live-3.11``, from requirements-live.lock) and says where it is.
"""

from __future__ import annotations

import os
from pathlib import Path

from crossdock.errors import Halt

#: The variables that say where: the environment of Python programs, the folders that npm installed into.
PYTHON, NODE, EDITOR, SARIF = "CROSSDOCK_LIVE", "CROSSDOCK_PRISM", "CROSSDOCK_EDITOR", "CROSSDOCK_SARIF"
_MADE_BY = "'./dev test' makes it, and says where in the variable {variable}"


def find_live(program: str) -> Path:
    """A program of the live environment. Raises ``Halt`` T101 where it has not been made."""
    return _found(PYTHON, Path("bin") / program)


def find_node(program: str, home: str = NODE) -> Path:
    """A program that npm installed. Raises ``Halt`` T101 where it has not been made."""
    return _found(home, Path("node_modules/.bin") / program)


def find_in_package(package: str, file: str, home: str) -> Path:
    """A file of a package that npm installed. Raises ``Halt`` T101 where it has not been made."""
    return _found(home, Path("node_modules") / package / file)


def _found(variable: str, place: Path) -> Path:
    home = os.environ.get(variable)
    if home is None or not (Path(home) / place).exists():
        hint = _MADE_BY.format(variable=variable)
        raise Halt("T101", f"there is no {place.name} in an environment for live tests", hint=hint)
    return Path(home) / place

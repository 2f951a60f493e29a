"""The command line of a parcel. A value is one argument, never an option, and there is no shell to read it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from crossdock.connector import Parcel, Template
from crossdock.errors import Halt, Reject

LONGEST = 65_536  # bytes of one argument; Linux takes 128 KiB (MAX_ARG_STRLEN)
PLACES = ("/usr/local/bin", "/usr/bin", "/bin")
ALLOWED = "CROSSDOCK_COMMAND_FOLDERS"


def _fault(text: str) -> str | None:
    if "\0" in text:
        return "it has a NUL character"
    return f"it is longer than {LONGEST} bytes" if len(text.encode(errors="surrogatepass")) > LONGEST else None


def rendered(run: Sequence[Template], parcel: Parcel) -> list[str]:
    """The arguments after the program. Raises ``Reject``."""
    moment = datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)
    arguments: list[str] = []
    for item in run[1:]:
        text = item.render(parcel, moment, part=_fault, whole=_fault)
        if text.startswith("-") and not _is_meant(item) and "--" not in arguments:
            shown = text[:80].encode("unicode_escape").decode()
            hint = "put '--' before it in 'run', if the program knows that as the end of its options"
            raise Reject("K903", f"the argument '{item}' is '{shown}', which would be an option", hint=hint)
        arguments.append(text)
    return arguments


def _is_meant(item: Template) -> bool:
    """Whether an author wrote the dash."""
    return bool(item.parts) and isinstance(item.parts[0], str)


def target(run: Sequence[Template], parcel: Parcel) -> str:
    """The command line, for people. Raises ``Reject``."""
    return shlex.join([run[0].text, *rendered(run, parcel)])


def program(run: Sequence[Template], root: Path) -> Path:
    """Where the program is. Raises ``Halt`` where there is none, or where it may not be run."""
    written = run[0].text
    places = [root / written] if "/" in written else [Path(place) / written for place in PLACES]
    found = next((place for place in places if os.access(place, os.X_OK) and place.is_file()), None)
    if found is None:
        raise Halt("K901", f"there is no program '{written}'", hint="install it, or correct its path")
    allowed = os.environ.get(ALLOWED)
    if allowed is not None and not any(_lies_in(found, folder) for folder in allowed.split(":")):
        raise Halt("K902", f"'{written}' may not be run here", hint=f"programs must lie in one of: {allowed}")
    return found


def _lies_in(found: Path, folder: str) -> bool:
    return bool(folder) and found.resolve().is_relative_to(Path(folder).resolve())


def any_argument(run: Sequence[Template]) -> list[str]:
    """The arguments of a command without values."""
    return [item.text for item in run[1:]]

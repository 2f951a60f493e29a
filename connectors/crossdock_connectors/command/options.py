"""What a route may say about programs: ``from: command: {…}``, ``to: - command: {…}``, ``call: command: {…}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from crossdock.connector import Template
from crossdock.connector.amounts import Bytes, Seconds, lasting, sized

Fate: TypeAlias = Literal["done", "retry", "reject", "hold", "doubt", "halt"]

_CODES = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?\Z")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = "CROSSDOCK_"
_LOADER = re.compile(r"LD_|DYLD_|PYTHON(PATH|HOME|STARTUP)\Z|BASH_ENV\Z|ENV\Z|IFS\Z")
MOST_CODE = 255


def _exits(written: object) -> object:
    """Codes and ranges of codes as texts, as YAML may have them as numbers."""
    return {str(key): fate for key, fate in written.items()} if isinstance(written, dict) else written


def _known_codes(exits: Mapping[str, Fate]) -> Mapping[str, Fate]:
    for key in exits:
        match = _CODES.match(key)
        codes = [int(part) for part in match.groups() if part] if match else []
        if key != "other" and (not codes or codes != sorted(codes) or codes[-1] > MOST_CODE):
            raise ValueError(f"'{key}' is no exit code; write 0 to 255, a range such as 10-19, or 'other'")
    return exits


def _run(run: tuple[Template, ...]) -> tuple[Template, ...]:
    for item in run:
        if any("\0" in literal for literal in item.literals):
            raise ValueError("an argument cannot have a NUL character")
    if not run[0].fixed or not run[0].text:
        raise ValueError(f"'{run[0]}': the program must be written out")
    return run


def _listed(written: object) -> object:
    if isinstance(written, str):
        raise ValueError(f"write a list, one item for each argument: [{', '.join(written.split())}]")  # noqa: TRY004 - pydantic wants it
    return written


Run: TypeAlias = Annotated[
    tuple[Template, ...], Field(min_length=1, max_length=200), AfterValidator(_run), BeforeValidator(_listed)
]
Exits: TypeAlias = Annotated[
    dict[str, Fate], AfterValidator(_known_codes), BeforeValidator(_exits, json_schema_input_type=dict[str, Fate])
]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Options):
    """What the program may use: processor time, memory (address space), size of a file it writes, open files."""

    cpu: Annotated[Seconds, lasting("1s", "1d")] = 60.0
    memory: Annotated[Bytes, sized("8MB", "1000GB")] = 1_000_000_000
    file_size: Annotated[Bytes, sized("0B", "1000GB")] = 1_000_000_000
    files: int = Field(default=256, ge=8, le=65_536)


class Program(Options):
    """How a program is run.

    ``run`` are the program (a path, from the project's folder, or a name to be found in ``/usr/local/bin``, ``/usr/bin``
    and ``/bin``) and its arguments, one item each; all but the first are templates. ``folder`` is the one it starts in,
    from the project's; without it a new, empty one. ``env`` are further variables; secrets belong there,
    as everyone on the machine can read arguments. ``within`` this time it has ended, or it is asked to end, and two
    seconds later killed. ``user`` is who it runs as (crossdock must be root for that). ``network: false`` takes the
    network away; where this system cannot do that, nothing is run.
    """

    run: Run
    folder: str | None = None
    env: dict[str, SecretStr] = {}
    within: Annotated[Seconds, lasting("10ms", "1d")] = 25.0
    output: Annotated[Bytes, sized("1B", "1GB")] = 10_000_000
    limits: Limits = Limits()
    user: Annotated[str, Field(min_length=1)] | None = None
    network: bool = True

    @field_validator("env")
    @classmethod
    def _may_be_set(cls, env: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for name, value in env.items():
            if not _VARIABLE.match(name):
                raise ValueError(f"'{name}' is no name of a variable")
            if name.startswith(_OURS) or _LOADER.match(name):
                raise ValueError(f"'{name}' cannot be set: it is ours, or changes what code the program loads")
            if "\0" in value.get_secret_value():
                raise ValueError(f"the value of '{name}' has a NUL character")
        return env


class SinkOptions(Program):
    """A program that is run for each parcel, with the payload at its standard input.

    ``exits`` says what an exit code means: ``done``, ``retry``, ``reject``, ``hold``, ``halt``, or ``doubt``, when nobody
    can know whether it did its work. ``other`` is for all that are not listed, for a program that was killed by a signal,
    and for one whose time was over. ``repeatable`` declares that running it again with the same ``CROSSDOCK_KEY`` does no
    harm: what is in doubt is then run again. What it writes to standard output is kept as the receipt (its last line).
    """

    exits: Exits = {"0": "done", "75": "retry", "other": "doubt"}
    repeatable: bool = False


class CallOptions(Program):
    """A program that answers at its standard output, as ``json`` or ``text``; the question is at its standard input.

    ``changes: false`` declares that it only answers: it may be run again at any time. Else it is as for a sink.
    """

    exits: Exits = {"0": "done", "75": "retry", "other": "doubt"}
    reply: Literal["json", "text"] = "json"
    changes: bool = True
    repeatable: bool = False


class SourceOptions(Program):
    """A program that is run ``every`` so often and writes what it brings to its standard output.

    That is one arrival, or, with ``split: lines``, one for each line. An arrival is known by its ``content``: the same
    bytes a second time are a duplicate; with ``identity: run`` each run brings something new, so what is written and
    not yet durable when crossdock is killed comes a second time if the program writes it again. ``acknowledge`` is a program that
    is run when an arrival is durable, with the payload at its standard input and ``CROSSDOCK_VERDICT`` (``accepted``,
    ``duplicate`` or ``refused``) and ``CROSSDOCK_SHA256`` in its environment, perhaps more than once; until it
    ends well, it is run again before anything more is brought. Nothing written is nothing brought.
    """

    every: Annotated[Seconds, lasting("100ms", "366d")] = 60.0
    exits: Exits = {"0": "done", "other": "retry"}
    split: Literal["lines"] | None = None
    identity: Literal["content", "run"] = "content"
    content_type: str = "application/octet-stream"
    acknowledge: Run | None = None

    @field_validator("exits")
    @classmethod
    def _of_sources(cls, exits: dict[str, Fate]) -> dict[str, Fate]:
        wrong = sorted({*exits.values()} - {"done", "retry", "halt"})
        if wrong:
            raise ValueError(f"'{wrong[0]}': a source that fails is asked again (retry) or stopped (halt)")
        return exits

    @field_validator("run", "acknowledge")
    @classmethod
    def _without_values(cls, run: tuple[Template, ...] | None) -> tuple[Template, ...] | None:
        for item in run or ():
            if not item.fixed:
                raise ValueError(f"'{item}': a source has no document to take values from")
        return run

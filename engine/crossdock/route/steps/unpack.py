"""``unpack``: the files of an archive, each as if it had come alone."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crossdock.codecs.archive.entry import Entry, Limits
from crossdock.codecs.archive.gzip import gunzip
from crossdock.codecs.archive.zip import unzip
from crossdock.connector.amounts import Bytes
from crossdock.errors import Finding, Reject
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.opening import OPENERS, Wrapped
from crossdock.route.steps.contract import Builder, StepKind

MAX_RATIO = 200  # of what comes out to what went in
_NAME = "file.name"


class Unpack(Authorable):
    """Takes files out of a `zip` or `gzip` payload: each goes on as a message of its own, named in `$headers."file.name"`.

    It stands before `decode`, which then reads every file. All names, sizes and check sums are looked at before the
    first file goes on. Refused are names that lead out of a folder, links, archives in archives, encrypted entries and
    whatever grows beyond `max_size`, `max_files` or `ratio`. With `match` only some files of a zip are wanted.

    ```yaml
    - unpack: {zip: "*.json"}
    - decode: json
    ```
    """

    format: Literal["zip", "gzip"]
    match: str | None = None
    max_size: Bytes = 1_000_000_000
    max_files: Annotated[int, Field(ge=1, le=65_000)] = 1000
    ratio: Annotated[int, Field(ge=1, le=10_000)] = MAX_RATIO

    @model_validator(mode="before")
    @classmethod
    def _named(cls, written: object) -> object:
        """``{zip: "*.csv"}`` says format and pattern at once."""
        for name in ("zip", "gzip"):
            if isinstance(written, dict) and name in written and "format" not in written:
                rest = {key: value for key, value in written.items() if key != name}
                return {"format": name, "match": written[name], **rest}
        return written

    @property
    def limits(self) -> Limits:
        """How much may come out."""
        return Limits(total=self.max_size, files=self.max_files, ratio=self.ratio)


def compile_unpack(config: Unpack, bench: Bench, builder: Builder) -> None:
    """Nothing for single documents: ``partition`` does it before it reads."""
    if builder.flow.last not in (None, *OPENERS) or builder.flow.decoded:
        bench.report("R205", "'unpack' stands before 'decode'", key=True)
        return
    wanted = re.compile(fnmatch.translate(config.match)) if config.match else None

    def opener(outer: Wrapped, now: datetime) -> Iterator[Wrapped]:
        if config.format == "gzip":
            entries = [gunzip(outer.body, outer.headers.get(_NAME), config.limits)]
        else:
            entries = unzip(outer.body, config.limits, wanted)
        if not entries:
            what = f"no file in the archive is named like '{config.match}'" if config.match else "the archive is empty"
            raise Reject.of([Finding(code="S311", message=what)])
        return (_inside(outer, entry) for entry in entries)

    builder.flow.openers += (opener,)


def _inside(outer: Wrapped, entry: Entry) -> Wrapped:
    return Wrapped(entry.content, MappingProxyType({**outer.headers, _NAME: entry.name}))


STEP = StepKind(name="unpack", config=Unpack, compile=compile_unpack, shorthand="format", before_split=True)

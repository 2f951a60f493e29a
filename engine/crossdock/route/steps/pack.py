"""``pack``: what leaves, compressed."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from crossdock.codecs.archive.gzip import gzipped
from crossdock.codecs.archive.zip import zipped
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.outgoing import check_outgoing, outgoing

_BAD = ("", ".", "..")


class Pack(Authorable):
    """Compresses what leaves as `gzip`, or as the one file of a `zip` archive, named by a template.

    It stands behind `encode`, or in a route that decodes nothing. The same document always makes the same bytes.

    ```yaml
    - encode: json
    - pack: {zip: "order-{number}.json"}
    ```
    """

    format: Literal["zip", "gzip"]
    name: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, written: object) -> object:
        """``{zip: name.csv}`` says format and name at once."""
        if isinstance(written, dict) and "zip" in written and "format" not in written:
            return {"format": "zip", "name": written["zip"], **{k: v for k, v in written.items() if k != "zip"}}
        return written

    @model_validator(mode="after")
    def _zip_has_a_name(self) -> Pack:
        if (self.name is None) == (self.format == "zip"):
            raise ValueError("write 'gzip', or {zip: \"orders-{number}.csv\"} with the name of the file in it")
        return self


def compile_pack(config: Pack, bench: Bench, builder: Builder) -> Run:
    """The bytes are replaced by fewer."""
    check_outgoing(bench, builder, "pack")
    name = bench.at("zip").template(config.name or "file", fits=_is_name, what="a file name")

    def run(passage: Passage) -> None:
        data = outgoing(passage)
        if config.format == "gzip":
            passage.payload, passage.content_type = b"".join(gzipped((data,))), "application/gzip"
            return
        passage.payload = zipped(name(passage.document, passage.scope), (data,))
        passage.content_type = "application/zip"

    return run


def _is_name(text: str) -> bool:
    return text not in _BAD and text.isprintable() and not set(text) & set('/\\:*?"<>|')


STEP = StepKind(name="pack", config=Pack, compile=compile_pack, shorthand="format")

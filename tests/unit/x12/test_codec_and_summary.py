"""The codec as routes and ``inspect`` use it."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from crossdock.codecs.x12 import CODEC
from crossdock.codecs.x12.summary import records, summary
from crossdock.errors import Finding, Reject
from crossdock.message import Inline


class NoFiles:
    """A project without layouts."""

    def layout(self, name: str) -> Any:
        raise AssertionError(name)

    def local_versions(self, standard: str) -> dict[str, Any]:
        return {}

    def idoc_descriptions(self) -> list[Any]:
        return []


def codec(**options: object) -> Any:
    return CODEC.open(CODEC.options.model_validate(options), NoFiles())


def test_whole_gives_the_only_transaction_with_all_findings(bench: Any) -> None:
    part = codec().whole(Inline(b"\xef\xbb\xbf" + bench.wrap(bench.order).replace(b"CTT*1", b"CTT*2")))
    assert part.document["BEG"]["BEG03"] == "PO1"
    assert [finding.code for finding in part.findings] == ["X105", "X171"]


def test_whole_refuses_several_transactions_and_says_split(bench: Any) -> None:
    with pytest.raises(Reject) as caught:
        codec().whole(Inline(bench.wrap(bench.order, bench.order)))
    assert (caught.value.code, caught.value.hint) == ("X181", "split them: `- split: transactions`")


def test_whole_refuses_an_interchange_without_transactions(bench: Any) -> None:
    with pytest.raises(Reject) as caught:
        codec().whole(Inline(bench.wrap()))
    assert caught.value.code == "X182"


def test_the_options_reach_reader_and_writer(bench: Any) -> None:
    strict = codec(totals="error", unknown_set="error")
    (part,) = [
        item
        for item in strict.read(Inline(bench.wrap(bench.order).replace(b"CTT*1", b"CTT*2")))
        if not isinstance(item, Finding)
    ]
    assert part.findings[0].severity == "error"
    writer = codec(
        version="004010",
        set="850",
        sender={"id": "A"},
        receiver={"id": "B"},
        date="20261121",
        separators="|<~",
        newline="\n",
    )
    document = {key: value for key, value in part.document.items() if key[0] != "_"}
    assert b"".join(writer.write([document])).splitlines()[2] == b"ST|850|0001~"


@pytest.mark.parametrize(
    "options",
    [{"versoin": "x"}, {"totals": "maybe"}, {"separators": "*"}, {"date": "today"}, {"sender": {"id": "A" * 16}}],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CODEC.options.model_validate(options)


@pytest.mark.parametrize(
    ("head", "likely"),
    [
        (b"ISA*00*", 100),
        (b"\xef\xbb\xbf\r\nISA|00|", 100),
        (b"ST*850*0001~", 60),
        (b"text ISA*00*", 40),
        (b"ISABELLA", 0),
        (b"UNB+UNOA", 0),
        (b"{}", 0),
        (b"STREET,CITY", 0),
        (b"", 0),
    ],
)
def test_x12_is_recognised_by_its_first_bytes(head: bytes, likely: int) -> None:
    assert CODEC.sniff(head) == likely


def test_the_summary_has_the_shape_inspect_prints(bench: Any) -> None:
    bad = [line.replace("PO1*1*10", "PO1*1*ten") for line in bench.order]
    told: Any = summary(Inline(bench.wrap(bench.order, bad).replace(b"GE*2", b"GE*3")))
    assert told["format"] == "x12"
    assert [(one["control"], one["sender"], one["transactions"], one["rejected"]) for one in told["interchanges"]] == [
        ("000000001", "GLOBEX", 2, 1)
    ]
    assert [(one["set"], one["version"], one["control"], one["verdict"]) for one in told["transactions"]] == [
        ("850", "004010", "0001", "accepted"),
        ("850", "004010", "0002", "rejected"),
    ]
    assert told["transactions"][1]["findings"][0]["place"]["element"] == "PO102"
    assert [one["code"] for one in told["findings"]] == ["X123"]


def test_a_warning_makes_accepted_with_errors(bench: Any) -> None:
    told: Any = summary(Inline(bench.wrap(bench.order).replace(b"CTT*1", b"CTT*2")))
    assert told["transactions"][0]["verdict"] == "accepted with errors"


def test_records_stream_each_interchange_after_its_transactions(bench: Any) -> None:
    kinds = [kind for kind, _ in records(Inline(bench.wrap(bench.order) * 2))]
    assert kinds == ["transaction", "interchange", "transaction", "interchange"]


def test_reading_alone_loads_no_pydantic() -> None:
    program = "import sys, crossdock.codecs.x12.reading; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""824: what could not be used is told to who sent it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest
from tests.unit.acknowledgements.conftest import MADE, Office, parts_of

from crossdock.acknowledgement import Level, Verdict
from crossdock.codecs.acknowledging import advise, statements_of
from crossdock.codecs.edi.refusal import Refused, pieces
from crossdock.codecs.x12.codec import X12Codec
from crossdock.errors import Finding, Place, Severity
from crossdock.message import Document

LATE = Finding(
    code="C101",
    message="quantity must be greater than 0",
    value="0",
    place=Place(segment=6, element="PO102"),
    report=(("AK402", "330"),),
)


def refused(office: Office, *findings: Finding, version: str = "004010") -> Refused:
    document = cast("dict[str, Document]", office.read(office.orders((), version=version)).part.document)
    return Refused(document=document, findings=findings, number="ADV-17", reference="PO1")


def lines(what: Refused) -> list[str]:
    document = advise(what, MADE)
    assert document is not None
    written = b"".join(X12Codec().write([document]))
    parts_of(written)
    text = written.decode().split("~")
    return [line for line in text if line.split("*")[0] not in ("ISA", "ST", "SE", "GE", "IEA", "")]


def test_it_names_the_document_and_what_is_wrong_with_it(office: Office) -> None:
    assert lines(refused(office, LATE)) == [
        "GS*AG*ACMEDIST*GLOBEX*20261122*1005*1*X*004010",
        "BGN*11*ADV-17*20261122*1005",
        "OTI*TR*PO*PO1*****1*0001*850",
        "TED*848*quantity must be greater than 0*PO1*6*2*330*0",
    ]


@pytest.mark.parametrize("version", ["003050", "004010", "004010VICS", "005010"])
def test_it_is_written_in_the_senders_version(office: Office, version: str) -> None:
    assert lines(refused(office, LATE, version=version))[0].endswith(f"*X*{version}")


def test_what_is_only_noted_is_accepted_with_errors(office: Office) -> None:
    noted = replace(refused(office, replace(LATE, severity=Severity.WARNING)), accepted=True)

    assert lines(noted)[2].startswith("OTI*TE*")


def test_a_long_text_goes_on_in_notes_and_loses_only_the_separators(office: Office) -> None:
    said = lines(refused(office, replace(LATE, message=f"wrong~ {'because of this and that ' * 12}é")))

    assert max(map(len, said)) < 120
    assert next(line for line in said if line.startswith("NTE")).startswith("NTE**wrong because of this")


def test_a_document_without_a_number_is_named_by_its_transaction(office: Office) -> None:
    assert "OTI*TR*TN*0001*****1*0001*850" in lines(replace(refused(office, LATE), reference=""))


def test_it_is_read_as_an_answer_about_the_document(office: Office) -> None:
    (said,) = statements_of(advise(refused(office, LATE), MADE))

    assert (said.level, said.verdict, said.reference) == (Level.DOCUMENT, Verdict.REJECTED, "PO1")
    assert (said.group, said.transaction, said.set) == ("1", "0001", "850")
    assert [(one.code, one.element, one.value) for one in said.remarks] == [("848", "PO102", "0")]


def test_a_document_of_no_edi_gets_none() -> None:
    assert advise(Refused(document={"number": "1"}, findings=(LATE,), number="1"), MADE) is None


def test_a_text_is_broken_between_words() -> None:
    assert pieces("one two  three", 7, 9) == ["one two", "three"]
    assert pieces("abcdefghij k", 4, 9) == ["abcd", "efgh", "ij k"]
    assert pieces("one two three", 5, 2) == ["one", "two"]
    assert pieces("", 5, 2) == []

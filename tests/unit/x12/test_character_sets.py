"""Which characters may be sent, read and written."""

from __future__ import annotations

import pytest
from tests.unit.x12.conftest import ORDER, Bench

from crossdock.codecs.x12.settings import Address, Settings
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Reject, Severity
from crossdock.message import Document

CAPITALS = [line.upper() for line in ORDER]


def named(bench: Bench, name: str, encoding: str = "utf-8") -> bytes:
    return bench.wrap([line.replace("DC 7", "QQQ") for line in CAPITALS]).replace(b"QQQ", name.encode(encoding))


@pytest.mark.parametrize(
    ("charset", "name", "codes"),
    [
        ("basic", "DC 7 (NORTH) & CO", []),
        ("basic", "Dc 7", ["X165"]),
        ("basic", "DC #7", ["X165"]),
        ("extended", "Dc #7 [Nord]", []),
        ("extended", "Café Zürich", []),
        ("extended", "Łódź", ["X165"]),
        ("utf-8", "Łódź 倉庫", []),
        ("any", "Łódź", ["X164"]),
        ("any", "Dc #7", []),
    ],
)
def test_a_character_outside_the_agreed_set_is_told(bench: Bench, charset: str, name: str, codes: list[str]) -> None:
    assert bench.read(named(bench, name), Settings(charset=charset)).codes == codes


def test_the_finding_names_element_character_and_place(bench: Bench) -> None:
    data = named(bench, "Dc 7")
    (said,) = bench.read(data, Settings(charset="basic")).part.findings
    assert said.message == 'name (N102) has "c": not in the basic character set'
    assert said.report == (("AK304", "8"), ("AK403", "6"), ("AK402", "93"))
    assert said.place.element == "N102"
    assert said.place.byte is not None
    assert data[said.place.byte :].startswith(b"Dc 7")


def test_delimiters_are_no_data(bench: Bench) -> None:
    data = bench.wrap(CAPITALS).replace(b"*", b"|").replace(b"~", b"^")
    assert bench.read(data, Settings(charset="basic")).codes == []


def test_the_extended_set_is_written_as_iso_8859_1_and_read_back(bench: Bench) -> None:
    settings = Settings(charset="extended")
    data = named(bench, "Café", "latin-1")
    outcome = bench.read(data, settings)
    assert "Café" in str(outcome.document["N1"])
    assert b"".join(Writing(settings).chunks([outcome.document])) == data


def order(name: str) -> Document:
    return {
        "_set": "850",
        "_ver": "004010",
        "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": "PO1", "BEG05": "20261120"},
        "N1": [{"N101": "ST", "N102": name}],
        "PO1": [{"PO102": "10", "PO103": "EA"}],
    }


def sent(name: str, charset: str, *, transliterate: bool) -> bytes:
    sender, receiver = Address(id="A1"), Address(id="B2")
    settings = Settings(charset=charset, transliterate=transliterate, date="20261121", sender=sender, receiver=receiver)
    return b"".join(Writing(settings).chunks([order(name)]))


@pytest.mark.parametrize(
    ("charset", "name", "written"),
    [
        ("basic", "Café Zürich \u2013 “Nord”", 'CAFE ZURICH - "NORD"'),
        ("basic", "Straße Øst", "STRASSE OST"),
        ("extended", "Łódź, Málaga", "Lódz, Málaga"),
        ("basic", "ﬁnal ½", None),
    ],
)
def test_the_nearest_character_can_be_written_instead(charset: str, name: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(Reject):
            sent(name, charset, transliterate=True)
    else:
        assert written.encode("latin-1") in sent(name, charset, transliterate=True)


def test_a_character_outside_the_set_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        sent("Café", "basic", transliterate=False)
    (said, *_) = caught.value.findings
    assert (said.code, said.place.pointer) == ("X199", "/N1/0/N102")


def test_findings_weigh_what_the_partner_agreed_on(bench: Bench) -> None:
    data = bench.wrap(ORDER).replace(b"SE*9", b"SE*8").replace(b"GE*1*1", b"GE*2*1")
    plain = bench.read(data)
    assert [said.severity for said in plain.part.findings] == [Severity.ERROR]
    weighed = bench.read(data, Settings(severities={"X133": Severity.NOTE, "X123": Severity.ERROR}))
    assert [said.severity for said in weighed.part.findings] == [Severity.NOTE]
    assert [(said.code, said.severity) for said in weighed.remarks] == [("X123", Severity.ERROR)]


@pytest.mark.parametrize(
    ("old", "new", "code", "report"),
    [
        ("ISA*00", "ISA*9Z", "X124", ("TA105", "010")),
        ("*ZZ*GLOBEX", "*  *GLOBEX", "X124", ("TA105", "005")),
        ("GLOBEX         ", "               ", "X124", ("TA105", "006")),
        ("*00401*", "*4010 *", "X124", ("TA105", "017")),
        ("*0*P*", "*9*P*", "X124", ("TA105", "019")),
        ("GS*PO*GLOBEX", "GS*PO*", "X129", ("TA105", "024")),
        ("GS*PO*GLOBEX", "GS*PO*GLOB>X", "X129", ("TA105", "024")),
        ("ISA*00*          ", "ISA*00*    >     ", "X124", ("TA105", "011")),
        ("*ZZ*GLOBEX         ", "*ZZ*GLO*EX         ", "X124", ("TA105", "006")),
        ("*GLOBEX         ", "*GLOB>X         ", "X124", ("TA105", "006")),
        ("*20261121*0930*1*X", "*20261121*0930*A*X", "X130", ("AK905", "6")),
    ],
)
def test_a_wrong_element_of_the_envelope_is_told(
    bench: Bench, old: str, new: str, code: str, report: tuple[str, str]
) -> None:
    data = bench.wrap(ORDER).decode()
    assert old in data
    outcome = bench.read(data.replace(old, new, 1).encode())
    told = {said.code: said.report for said in outcome.remarks}
    assert told[code] == (report,)


@pytest.mark.parametrize(("number", "code"), [("", "X166"), ("1", "X150"), ("0123456789", "X150")])
def test_a_control_number_of_wrong_length_is_told(bench: Bench, number: str, code: str) -> None:
    data = bench.wrap(ORDER).replace(b"*0001~", f"*{number}~".encode())
    assert code in bench.read(data).codes

"""From documents to interchanges: to the byte what was read, canonical what was made, refused what cannot be sent."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from tests.unit.edifact.conftest import UNB, Bench

from crossdock.codecs.edi.numbered import GROUP, INTERCHANGE, TRANSACTION
from crossdock.codecs.edifact.delimiters import Delimiters, delimiters
from crossdock.codecs.edifact.dictionary.library import find_set, known_sets
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.sampling import AWKWARD, sample_body
from crossdock.codecs.edifact.settings import Address, Settings
from crossdock.codecs.edifact.writing import NumberedWriting, Writing
from crossdock.errors import Reject
from crossdock.message import Inline

OURS = Settings(
    sender=Address(id="5412345000013", qualifier="14"), receiver=Address(id="PARTNER"), date="20261121", time="0930"
)
MADE: dict[str, Any] = {
    "_set": "ORDERS",
    "_ver": "D96A",
    "BGM": {"BGM0101": "220", "BGM02": "PO1", "BGM03": "9"},
    "DTM": [{"DTM0101": "137", "DTM0102": "20261120", "DTM0103": "102"}],
    "LIN": [{"LIN01": "1", "LIN0301": "4000862141404", "LIN0302": "EN", "QTY": [{"QTY0101": "21", "QTY0102": "10"}]}],
    "UNS": {"UNS01": "S"},
}


def written(*documents: Any, settings: Settings = OURS) -> bytes:  # noqa: ANN401 - documents of any shape
    return b"".join(Writing(settings).chunks(documents))


def test_a_document_of_ours_becomes_an_interchange() -> None:
    assert written(MADE).decode() == (
        "UNA:+.? 'UNB+UNOC:3+5412345000013:14+PARTNER+261121:0930+1'UNH+1+ORDERS:D:96A:UN'BGM+220+PO1+9'"
        "DTM+137:20261120:102'LIN+1++4000862141404:EN'QTY+21:10'UNS+S'UNT+7+1'UNZ+1+1'"
    )


WAYS = [
    lambda bench: bench.wrap(bench.order, bench.order),
    lambda bench: bench.wrap(bench.order, una="UNA:+.? '\r\n", end="'\r\n"),
    lambda bench: b"UNA|^.~ #" + bench.wrap(bench.order).translate(bytes.maketrans(b":+'", b"|^#")),
    lambda bench: bench.wrap([one.replace("HEX BOLT", "O?'NEIL ?+ ?? ?:") for one in bench.order]),
    lambda bench: bench.wrap(["BGM+1+2", "ABC+X:Y::Z+W?+", "BGM+3"], name="XYZMSG:1:911:UN"),
    lambda bench: bench.wrap(bench.order, unb=UNB + "+PW:AA+APP+A+1+AGR+1", name="ORDERS:D:96A:UN:EAN008+CAR+1:C"),
    lambda bench: bench.wrap(bench.order) + bench.wrap(bench.order, una="UNA:+.? '"),
]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_read_is_written_to_the_byte(bench: Bench, way: Any) -> None:  # noqa: ANN401 - a lambda of the list
    data = way(bench)
    assert written(*(part.document for part in bench.read(data).parts), settings=Settings()) == data


def test_groups_and_objects_are_written_to_the_byte_too(bench: Bench) -> None:
    group = ["UNG+ORDERS+A+B:ZZ+261121:0930+G1+UN+D:96A", *bench.message(bench.order), "UNE+1+G1"]
    grouped = "".join(f"{line}'" for line in [UNB, *group, *(one.replace("G1", "G2") for one in group), "UNZ+2+REF1"])
    body = f"{UNB}'UNO+OBJ1+1:2+3:4+5'a'+UNUNP+5+OBJ1'UNZ+1+REF1'"
    for data in (grouped.encode(), body.encode()):
        assert written(*(part.document for part in bench.read(data).parts), settings=Settings()) == data


def test_delimiters_in_values_are_released() -> None:
    data = written({**MADE, "BGM": {"BGM0101": "220", "BGM02": "A+B:C'D?E"}})
    assert b"BGM+220+A?+B?:C?'D??E'" in data


def test_without_a_release_character_a_delimiter_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        written(
            {**MADE, "BGM": {"BGM0101": "220", "BGM02": "A+B"}},
            settings=Settings(separators=":+.  '", sender=OURS.sender, receiver=OURS.receiver, date="20261121"),
        )
    assert caught.value.code == "X291"


def strict(**more: Any) -> Settings:  # noqa: ANN401 - settings by name
    return Settings(charset="UNOA", sender=OURS.sender, receiver=OURS.receiver, date="20261121", **more)


def test_characters_outside_the_set_are_refused_or_replaced() -> None:
    document = {**MADE, "BGM": {"BGM0101": "220", "BGM02": "PÖ1"}}
    with pytest.raises(Reject) as caught:
        written(document, settings=strict())
    assert caught.value.code == "X288"
    assert b"BGM+220+P-1'" in written(document, settings=strict(replace_characters="-"))


def test_what_a_reader_would_refuse_is_not_written() -> None:
    with pytest.raises(Reject) as caught:
        written({**MADE, "LIN": [{"LIN01": "1", "QTY": [{"QTY0101": "21", "QTY0102": "1O"}]}]})
    assert caught.value.code == "X257"
    assert caught.value.findings[0].place.pointer == "/LIN/0/QTY/0/QTY0102"


REFUSED = [
    ("X290", [1]),
    ("X285", {**MADE, "_set": ""}),
    ("X284", {**MADE, "_ver": ""}),
    ("X289", {**MADE, "_set": "XYZMSG"}),
    ("X292", {**MADE, "BGM": {"BGM0101": ["220"], "BGM02": True}}),
    ("X294", {**MADE, "ABC": {}}),
    ("X295", {"_set": "XYZMSG", "_ver": "D96A", "_order": ["BGM"]}),
]


@pytest.mark.parametrize(("code", "document"), REFUSED, ids=[code for code, _ in REFUSED])
def test_what_cannot_be_written_says_why(code: str, document: Any) -> None:  # noqa: ANN401 - any document
    with pytest.raises(Reject) as caught:
        written(document)
    assert code in [finding.code for finding in caught.value.findings]


def test_the_envelope_needs_its_parties() -> None:
    with pytest.raises(Reject) as caught:
        written(MADE, settings=Settings())
    assert [finding.code for finding in caught.value.findings] == ["X296"] * 3


def test_numbers_can_be_given_last() -> None:
    grouped = Settings(sender=OURS.sender, receiver=OURS.receiver, date="20261121", group=True)
    waiting = NumberedWriting([MADE, MADE], grouped)
    assert waiting.levels == (INTERCHANGE, GROUP, TRANSACTION, TRANSACTION)
    data = waiting.write([417, 12, 900, 901])
    assert data == waiting.write([417, 12, 900, 901])
    assert b"+417'UNG" in data
    assert b"UNH+900+" in data
    assert data.endswith(b"UNE+2+12'UNZ+1+417'")
    assert [one.transaction for one in waiting.sent([417, 12, 900, 901])] == ["900", "901"]


MARKS = (Delimiters(), delimiters("|^.~ #", "3", una=True))
MESSAGES = [one for one in known_sets() if one[1].startswith("D") and len(one[1]) == 4]


@pytest.mark.parametrize(("name", "release"), MESSAGES)
@given(st.integers(0, 2**32), st.sampled_from(MARKS))
@given_settings(max_examples=4)
def test_what_is_written_is_read_as_the_same(name: str, release: str, seed: int, marks: Delimiters) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, a sample
    definition = find_set(name, release)
    assert definition is not None
    body = sample_body(definition, chance.randrange, marks, AWKWARD)
    heading = f"UNH+1+{name}:D:{release[1:]}:UN"
    service = [UNB, heading, f"UNT+{len(body) + 2}+1", "UNZ+1+REF1"]
    service = [one.translate(str.maketrans(":+", marks.component + marks.element)) for one in service]
    una = f"UNA{marks.separators}" if marks.una else ""
    lines = [*service[:2], *body, *service[2:]]
    data = (una + "".join(line + marks.terminator for line in lines)).encode()
    (part,) = list(Reading(Inline(data)))
    assert not [one for one in part.findings if one.code not in ("X271", "X272")]  # type: ignore[union-attr]  # a part
    again = written(part.document, settings=Settings())  # type: ignore[union-attr]  # likewise
    (read,) = list(Reading(Inline(again)))
    assert read.document == part.document  # type: ignore[union-attr]  # likewise
    assert written(read.document, settings=Settings()) == again  # type: ignore[union-attr]  # likewise


def test_what_came_in_iso_2022_leaves_in_it(bench: Bench) -> None:
    lines = [UNB.replace("UNOC", "UNOX"), *bench.message(["BGM+220+注文1+9", *bench.order[1:]]), "UNZ+1+REF1"]
    data = "".join(f"{line}'" for line in lines).encode("iso2022_jp_2")

    assert written(*(part.document for part in bench.read(data).parts)) == data

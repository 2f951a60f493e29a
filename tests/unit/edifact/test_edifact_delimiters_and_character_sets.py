"""UNA, defaults of the levels, other delimiters, line breaks, and the character sets of UNB."""

from __future__ import annotations

import pytest
from tests.unit.edifact.conftest import UNB, Bench

from crossdock.codecs.edifact.writing import Writing


def pretty(data: bytes, exchange: dict[str, str]) -> bytes:
    return data.decode().translate({ord(old): new for old, new in exchange.items()}).encode()


@pytest.mark.parametrize(
    ("una", "exchange"),
    [
        ("UNA:+.? '", {}),
        ("UNA|^.~ #", {":": "|", "+": "^", "'": "#"}),
        ("UNA+:.? '", {":": "+", "+": ":"}),
        ("UNA:+.? \n", {"'": "\n"}),
        ("UNA\x1f\x1d.  \x1c", {":": "\x1f", "+": "\x1d", "'": "\x1c"}),
    ],
    ids=["usual", "unusual", "exchanged", "newline", "level B"],
)
def test_any_delimiters_of_a_una_give_the_same_document(bench: Bench, una: str, exchange: dict[str, str]) -> None:
    usual = bench.read_order().document
    data = una.encode() + pretty(bench.wrap(bench.order), exchange)
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    found, expected = outcome.document, usual
    assert {key: value for key, value in found.items() if key != "_env"} == {
        key: value for key, value in expected.items() if key != "_env"
    }


def test_level_b_has_separators_of_its_own(bench: Bench) -> None:
    data = pretty(bench.wrap(bench.order), {":": "\x1f", "+": "\x1d", "'": "\x1c"}).replace(b"UNOC", b"UNOB")
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    assert outcome.document["_env"]["separators"] == "\x1f\x1d,  \x1c"  # type: ignore[index, call-overload]  # a tree


def test_delimiters_without_una_are_told_by_unb(bench: Bench) -> None:
    outcome = bench.read(pretty(bench.wrap(bench.order), {"+": "|", "'": "~"}))
    assert outcome.remarked == ["X210"]
    assert outcome.codes == []


def test_a_una_that_cannot_be_right_is_told_and_passed_over(bench: Bench) -> None:
    outcome = bench.read(b"UNA|^.? '" + bench.wrap(bench.order))
    assert outcome.remarked == ["X207"]
    assert outcome.codes == []


@pytest.mark.parametrize("una", ["UNAs+.? '", "UNA:+.s '", "UNA:+.+ '", "UNA:+.:*'"])
def test_a_una_with_letters_or_with_one_character_for_two_purposes_is_no_una(bench: Bench, una: str) -> None:
    outcome = bench.read(una.encode() + bench.wrap(bench.order))
    assert (outcome.remarked, outcome.codes) == (["X207"], [])


def test_characters_beyond_ascii_may_be_delimiters_although_they_are_letters(bench: Bench) -> None:
    data = bench.wrap(bench.order, una="UNA:+.? '").replace(b"'", b"\xe9")
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    assert b"".join(Writing().chunks([outcome.document])) == data


def test_a_repetition_separator_that_is_a_letter_is_none(bench: Bench) -> None:
    data = b"UNA:+.?R'" + bench.wrap(bench.order, unb=UNB.replace("UNOC:3", "UNOC:4"))
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    assert b"".join(Writing().chunks([outcome.document])) == data


def test_a_snippet_behind_a_una_that_cannot_be_right_is_read_by_the_usual_delimiters(bench: Bench) -> None:
    outcome = bench.read("UNAs+.? '{}'".format("'".join(bench.message(bench.order))).encode())
    assert (outcome.remarked, outcome.codes) == (["X207", "X219"], [])


@pytest.mark.parametrize("before", ["IMD", "UNZ"])
@pytest.mark.parametrize("una", ["", "UNA:+.? '\r\n"])
def test_empty_segments_are_one_note(bench: Bench, before: str, una: str) -> None:
    data = bench.wrap(bench.order, una=una).replace(before.encode(), b"''" + before.encode())
    outcome = bench.read(data)
    assert [*outcome.remarked, *outcome.codes] == ["X273"]


def test_needless_release_characters_are_one_note(bench: Bench) -> None:
    body = [line.replace("HEX BOLT", "?HEX O?'BOLT") for line in bench.order]
    outcome = bench.read(bench.wrap(body, unb=UNB.replace("UNOC", "?UNOC")))
    assert (outcome.remarked, outcome.codes) == (["X269"], ["X269"])
    assert "HEX O'BOLT" in str(outcome.document["LIN"])


def test_needless_release_characters_and_line_breaks_of_the_envelope_are_told_once(bench: Bench) -> None:
    data = bench.wrap(bench.order).replace(b"UNZ+1+REF1", b"UNZ+?1+\r\nREF1")
    outcome = bench.read(data.replace(b"UNZ", b"UNE+?0'UNZ"))
    assert outcome.remarked == ["X269", "X227", "X248"]


def test_a_una_that_lacks_its_blank_is_understood(bench: Bench) -> None:
    assert bench.read(b"UNA:+.?'" + bench.wrap(bench.order)).codes == []


@pytest.mark.parametrize("end", ["'\n", "'\r\n", "' \n", "'\n\n"])
def test_line_breaks_between_segments_do_not_matter(bench: Bench, end: str) -> None:
    outcome = bench.read(bench.wrap(bench.order, end=end))
    assert (outcome.remarked, outcome.codes) == ([], [])


def test_wrapped_lines_are_joined_with_a_remark(bench: Bench) -> None:
    data = bench.wrap(bench.order)
    outcome = bench.read(b"\r\n".join(data[n : n + 80] for n in range(0, len(data), 80)))
    assert set(outcome.codes) <= {"X248"}
    assert outcome.parts[0].document is not None


def test_text_before_and_a_byte_order_mark_are_passed_over(bench: Bench) -> None:
    outcome = bench.read(b"\xef\xbb\xbfFrom: them\n\n" + bench.wrap(bench.order))
    assert outcome.remarked == ["X205", "X206"]
    assert outcome.codes == []


def test_unb_inside_a_word_begins_nothing(bench: Bench) -> None:
    outcome = bench.read_order(("HEX BOLT", "UNBEKANNT UNA UNB"))
    assert (outcome.remarked, outcome.codes) == ([], [])


@pytest.mark.parametrize(
    ("identifier", "codec", "text"),
    [
        ("UNOC", "iso8859-1", "BÖRSE É"),
        ("UNOD", "iso8859-2", "ŁÓDŹ"),
        ("UNOE", "iso8859-5", "Москва"),
        ("UNOF", "iso8859-7", "ΑΘΗΝΑ"),
        ("UNOG", "iso8859-3", "ĦĞ"),
        ("UNOI", "iso8859-6", "دبي"),
        ("UNOJ", "iso8859-8", "שלום"),
        ("UNOK", "iso8859-9", "İĞŞ"),
        ("UNOW", "utf-8", "東京 ŁÓDŹ"),
        ("UNOY", "utf-8", "東京"),
        ("KECA", "euc_kr", "서울"),
    ],
)
def test_text_is_decoded_by_the_set_that_unb_names(bench: Bench, identifier: str, codec: str, text: str) -> None:
    body = [line.replace("HEX BOLT", "@") for line in bench.order]
    data = bench.wrap(body, unb=UNB.replace("UNOC", identifier)).replace(b"@", text.encode(codec))
    outcome = bench.read(data)
    assert (outcome.remarked, outcome.codes) == ([], [])
    assert text in str(outcome.document["LIN"])


def test_letters_outside_level_a_are_a_warning(bench: Bench) -> None:
    body = [line.replace("HEX BOLT", "hex bolt") for line in bench.order]
    outcome = bench.read(bench.wrap(body, unb=UNB.replace("UNOC", "UNOA")))
    assert outcome.codes == ["X261"]
    assert outcome.findings[0].report == (("0085", "21"),)
    assert str(outcome.findings[0].severity) == "warning"


def test_control_characters_are_an_error(bench: Bench) -> None:
    outcome = bench.read_order(("HEX BOLT", "HEX\x07BOLT"))
    assert outcome.codes == ["X260"]


def test_control_characters_are_an_error_without_a_dictionary_too(bench: Bench) -> None:
    outcome = bench.read(bench.wrap(["BGM+1", "ABC+X\x84Y"], name="XYZMSG:1:911:UN"))
    assert outcome.codes == ["X235", "X260"]
    assert (outcome.findings[1].place.segment, outcome.findings[1].place.element) == (3, "ABC01")


def test_letters_outside_level_a_are_a_warning_without_a_dictionary_too(bench: Bench) -> None:
    data = bench.wrap(["BGM+1", "ABC+hex"], name="XYZMSG:1:911:UN", unb=UNB.replace("UNOC", "UNOA"))
    assert bench.read(data).codes == ["X235", "X261"]


def test_bytes_that_are_not_of_the_set_are_read_all_the_same(bench: Bench) -> None:
    body = [line.replace("HEX BOLT", "BÖRSE") for line in bench.order]
    outcome = bench.read(bench.wrap(body, unb=UNB.replace("UNOC", "UNOW")))
    assert outcome.codes == ["X238"]
    assert "BÖRSE" in str(outcome.document["LIN"])


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(bench: Bench, codec: str) -> None:
    body = [line.replace("HEX BOLT", "東京") for line in bench.order]
    text = "".join(f"{line}'" for line in [UNB.replace("UNOC", "UNOY"), *bench.message(body), "UNZ+1+REF1"])
    outcome = bench.read(text.encode(codec))
    assert set(outcome.remarked) <= {"X218", "X205"}
    assert outcome.codes == []
    assert "東京" in str(outcome.document["LIN"])


def test_iso_2022_is_read_although_its_bytes_look_like_delimiters(bench: Bench) -> None:
    body = [line.replace("HEX BOLT", "東京、大阪\u2019") for line in bench.order]
    text = "".join(f"{line}'" for line in [UNB.replace("UNOC", "UNOX"), *bench.message(body), "UNZ+1+REF1"])
    outcome = bench.read(text.encode("iso2022_jp_2"))
    assert outcome.remarked == ["X218"]
    assert outcome.codes == []
    assert "東京、大阪" in str(outcome.document["LIN"])

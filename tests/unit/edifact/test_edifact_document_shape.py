"""One document per message: keys, groups as loops, envelope facts, item numbers, decimal commas."""

from __future__ import annotations

from tests.unit.edifact.conftest import UNB, Bench


def test_a_message_becomes_a_tree_of_its_groups(bench: Bench) -> None:
    outcome = bench.read_order()
    assert outcome.codes == []
    document = outcome.document
    assert document["BGM"] == {"BGM0101": "220", "BGM02": "PO1", "BGM03": "9"}
    assert document["DTM"] == [{"DTM0101": "137", "DTM0102": "20261120", "DTM0103": "102"}]
    assert document["LIN"] == [
        {
            "LIN01": "1",
            "LIN0301": "4000862141404",
            "LIN0302": "EN",
            "_ids": {"EN": "4000862141404"},
            "PIA": [{"PIA01": "1", "PIA0201": "SKU1", "PIA0202": "SA", "_ids": {"SA": "SKU1"}}],
            "IMD": [{"IMD01": "F", "IMD0304": "HEX BOLT"}],
            "QTY": [{"QTY0101": "21", "QTY0102": "10"}],
            "PRI": [{"PRI0101": "AAA", "PRI0102": "12.5"}],
        }
    ]
    assert document["CNT"] == [{"CNT0101": "2", "CNT0102": "1"}]


def test_what_the_message_is_stands_beside_it(bench: Bench) -> None:
    document = bench.read_order().document
    assert (document["_std"], document["_ver"], document["_set"]) == ("EDIFACT", "D96A", "ORDERS")
    assert document["_ctl"] == {"unb": "REF1", "ung": "", "unh": "1"}


def test_the_envelope_is_kept_as_facts(bench: Bench) -> None:
    unb = "UNB+UNOC:3+SENDER:14:INTERNAL+RECEIVER:1+261121:0930+REF1+PASS:AA+ORDERS+A+1+AGREED+1"
    document = bench.read(bench.wrap(bench.order, una="UNA:+.? '", unb=unb)).document
    assert document["_env"] == {
        "sender": "SENDER",
        "sender_qualifier": "14",
        "sender_internal": "INTERNAL",
        "receiver": "RECEIVER",
        "receiver_qualifier": "1",
        "date": "261121",
        "time": "0930",
        "charset": "UNOC",
        "syntax": "3",
        "password": "PASS",
        "password_qualifier": "AA",
        "application": "ORDERS",
        "priority": "A",
        "acknowledge": "1",
        "agreement": "AGREED",
        "test": "1",
        "separators": ":+.? '",
        "una": True,
        "association": "EAN008",
    }


def test_a_group_is_kept_as_facts_too(bench: Bench) -> None:
    ung = "UNG+ORDERS+APP1+APP2:ZZ+261121:0930+G1+UN+D:96A:EAN008"
    message = bench.message(bench.order)
    data = "".join(f"{line}'" for line in [UNB, ung, *message, "UNE+1+G1", "UNZ+1+REF1"]).encode()
    outcome = bench.read(data)
    assert outcome.remarked == []
    assert outcome.document["_ctl"] == {"unb": "REF1", "ung": "G1", "unh": "1"}
    facts = outcome.document["_env"]
    assert isinstance(facts, dict)
    assert (facts["functional_id"], facts["ung_sender"], facts["ung_receiver_qualifier"]) == ("ORDERS", "APP1", "ZZ")


def test_a_decimal_comma_has_an_exact_number_beside_it(bench: Bench) -> None:
    document = bench.read_order(("PRI+AAA:12.5", "PRI+AAA:12,5")).document
    line = document["LIN"][0]  # type: ignore[index]  # the shape is that of the test above
    price = line["PRI"][0]  # type: ignore[index, call-overload]  # likewise
    assert price["PRI0102"] == "12,5"  # type: ignore[index, call-overload]  # likewise
    assert str(price["_dec"]["PRI0102"]) == "12.5"  # type: ignore[index, call-overload]  # likewise


def test_released_characters_come_out_as_they_were_meant(bench: Bench) -> None:
    document = bench.read_order(("HEX BOLT", "O?'NEIL?+SON?: 5 ??")).document
    line = document["LIN"][0]  # type: ignore[index]  # the shape is that of the test above
    assert line["IMD"][0]["IMD0304"] == "O'NEIL+SON: 5 ?"  # type: ignore[index, call-overload]  # likewise


def test_an_unknown_message_is_read_by_structure(bench: Bench) -> None:
    outcome = bench.read(bench.wrap(["BGM+1+2", "ABC+X:Y::Z+W", "BGM+3"], name="XYZMSG:D:96A:UN"))
    assert outcome.codes == ["X235"]
    assert outcome.document["BGM"] == [{"BGM01": "1", "BGM02": "2"}, {"BGM01": "3"}]
    assert outcome.document["ABC"] == [{"ABC0101": "X", "ABC0102": "Y", "ABC0104": "Z", "ABC02": "W"}]
    assert outcome.document["_order"] == ["BGM", "ABC", "BGM"]


def test_a_release_that_is_not_described_is_read_by_structure(bench: Bench) -> None:
    outcome = bench.read_order(name="ORDERS:D:11A:UN")
    assert outcome.codes == ["X236"]
    assert outcome.document["_ver"] == "D11A"


def test_repeated_elements_of_syntax_4_are_lists(bench: Bench) -> None:
    unb = "UNB+UNOC:4+S:14+R:14+20261121:0930+REF1"
    body = [*bench.order[:2], "NAD+BY+1::9", "CTA+IC+:SMITH", "COM+1:TE*2:FX", "UNS+S"]
    outcome = bench.read(bench.wrap(body, unb=unb, una="UNA:+.?*'", name="ORDERS:D:01B:UN"))
    assert outcome.remarked == []
    assert outcome.codes == []
    contact = outcome.document["NAD"][0]["CTA"][0]  # type: ignore[index, call-overload]  # the shape is known
    assert contact["COM"][0]["COM01"] == [  # type: ignore[index, call-overload]  # likewise
        {"COM0101": "1", "COM0102": "TE"},
        {"COM0101": "2", "COM0102": "FX"},
    ]


def test_before_syntax_4_an_asterisk_is_a_letter_like_others(bench: Bench) -> None:
    document = bench.read_order(("HEX BOLT", "HEX*BOLT")).document
    assert "HEX*BOLT" in str(document["LIN"])

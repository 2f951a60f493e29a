"""The shape of a decoded transaction, as mappings rely on it."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from decimal import Decimal
from typing import Any


def test_an_order_has_the_documented_shape(bench: Any) -> None:
    document = bench.read(bench.wrap(bench.order, version="005010")).document
    assert document["_std"] == "X12"
    assert document["_ver"] == "005010"
    assert document["_set"] == "850"
    assert document["_ctl"] == {"isa": "000000001", "gs": "1", "st": "0001"}
    assert {key: document[key] for key in ("BEG", "N1", "PO1", "CTT")} == {
        "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": "PO1", "BEG05": "20261120"},
        "N1": [
            {
                "N101": "ST",
                "N102": "DC 7",
                "N103": "92",
                "N104": "0007",
                "N3": [{"N301": "1 MAIN ST"}],
                "N4": [{"N401": "MEMPHIS", "N402": "TN"}],
            }
        ],
        "PO1": [
            {
                "PO101": "1",
                "PO102": "10",
                "PO103": "EA",
                "PO104": "12.5",
                "PO106": "VP",
                "PO107": "SKU1",
                "_ids": {"VP": "SKU1"},
                "PID": [{"PID01": "F", "PID05": "HEX BOLT"}],
            }
        ],
        "CTT": {"CTT01": "1"},
    }


def test_the_envelope_stands_under_env(bench: Any) -> None:
    document = bench.read(bench.wrap(bench.order)).document
    assert document["_env"] == {
        "sender": "GLOBEX",
        "sender_qualifier": "ZZ",
        "receiver": "ACMEDIST",
        "receiver_qualifier": "ZZ",
        "usage": "P",
        "isa_date": "261121",
        "isa_time": "0930",
        "isa_version": "00401",
        "acknowledge": "0",
        "functional_id": "PO",
        "gs_sender": "GLOBEX",
        "gs_receiver": "ACMEDIST",
        "gs_date": "20261121",
        "gs_time": "0930",
        "separators": "*>~",
    }


def test_the_headers_name_set_version_controls_and_parties(bench: Any) -> None:
    headers = bench.read(bench.wrap(bench.order)).part.headers
    assert headers == {
        "x12.set": "850",
        "x12.version": "004010",
        "x12.isa": "000000001",
        "x12.gs": "1",
        "x12.st": "0001",
        "x12.sender": "GLOBEX",
        "x12.receiver": "ACMEDIST",
        "x12.usage": "P",
    }


def test_ids_come_from_any_pair(bench: Any) -> None:
    line = bench.read_order(("VP*SKU1", "UP*049000123451*BP*B-1*VP*SKU1")).document["PO1"][0]
    assert line["_ids"] == {"UP": "049000123451", "BP": "B-1", "VP": "SKU1"}


def test_implied_decimals_have_an_exact_sibling(bench: Any) -> None:
    charge = bench.read_order(("N1*ST", "SAC*C*D240***1440*******02\nN1*ST")).document["SAC"][0]
    assert charge["SAC05"] == "1440"
    assert charge["_dec"] == {"SAC05": Decimal("14.40")}


def test_a_composite_adds_two_digits_with_one_component_and_with_more(bench: Any) -> None:
    lines = "PID*F****HEX BOLT\nSLN*1**I*10*EA\nSLN*2**I*5*EA>1*3.5"
    first, second = bench.read_order(("PID*F****HEX BOLT", lines)).document["PO1"][0]["SLN"]
    assert first == {"SLN01": "1", "SLN03": "I", "SLN04": "10", "SLN0501": "EA"}
    assert second == {"SLN01": "2", "SLN03": "I", "SLN04": "5", "SLN0501": "EA", "SLN0502": "1", "SLN06": "3.5"}


def test_max_one_is_an_object_and_more_is_a_list_by_the_schema_alone(bench: Any) -> None:
    document = bench.read_order(("N1*ST", "CUR*BY*USD\nREF*DP*038\nN1*ST")).document
    assert document["CUR"] == {"CUR01": "BY", "CUR02": "USD"}
    assert document["REF"] == [{"REF01": "DP", "REF02": "038"}]


def test_values_stay_exactly_as_sent(bench: Any) -> None:
    line = bench.read_order(("10*EA*12.5", "0010*EA*12.50"), ("HEX BOLT", "  padded  text ")).document["PO1"][0]
    assert line["PO102"] == "0010"
    assert line["PO104"] == "12.50"
    assert line["PID"] == [{"PID01": "F", "PID05": "  padded  text "}]


def test_one_tag_at_two_levels_belongs_to_the_open_loop(bench: Any) -> None:
    document = bench.read_order(
        ("N1*ST", "REF*DP*1\nN1*ST"), ("N4*MEMPHIS*TN", "N4*MEMPHIS*TN\nREF*ZZ*2"), ("CTT*1", "REF*LT*3\nCTT*1")
    )
    assert [document.document["REF"][0]["REF02"]] == ["1"]
    assert document.document["N1"][0]["REF"][0]["REF02"] == "2"
    assert document.document["PO1"][0]["REF"][0]["REF02"] == "3"


def test_the_amount_of_the_summary_belongs_to_ctt(bench: Any) -> None:
    assert bench.read_order(("CTT*1", "CTT*1\nAMT*TT*125")).document["CTT"]["AMT"] == {"AMT01": "TT", "AMT02": "125"}


def test_the_industry_suffix_of_a_version_is_kept_and_read_by_its_release(bench: Any) -> None:
    outcome = bench.read(bench.wrap(bench.order, version="004010VICS"))
    assert outcome.document["_ver"] == "004010VICS"
    assert outcome.codes == []


def test_the_implementation_reference_of_st_is_kept(bench: Any) -> None:
    data = bench.wrap(bench.order, version="005010").replace(b"ST*850*0001", b"ST*850*0001*GUIDE1")
    assert bench.read(data).document["_ctl"]["implementation"] == "GUIDE1"

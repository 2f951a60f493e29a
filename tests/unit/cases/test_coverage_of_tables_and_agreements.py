"""What cases come to of cross-reference tables and of what was agreed with partners; parameters in cases of mappings."""

from __future__ import annotations

import pytest
from tests.flow.trading import ANSWER, ORDER, interchange, partner
from tests.unit.cases.conftest import Shop

from crossdock.errors import ConfigError
from crossdock.testing.points import Kind

TRIED = """\
from: json
parameters: {site: }
fields:
  site: $site
  whose: $partner
  terms: lookup_for('terms', $partner, terms)
  pieces: convert('units', `2`, unit, 'EA')
  back: reverse_lookup('sizes', size)
cases:
  - {given: {document: {terms: N30, unit: GRO, size: big}, partner: acme}, with: {site: 7}, expect: {site: 7, whose: acme, terms: NET30, pieces: 288, back: L}}
  - {given: {terms: N30, unit: EA}, with: {site: x}, expect: {terms: 30D}}
"""
TABLES = {
    "mappings/tables/terms.csv": "for,code,days\nacme,N30,NET30\n,N30,30D\n,N60,60D\n",
    "mappings/tables/units.csv": "unit,factor,of\nGRO,12,DZ\nDZ,12,EA\nPAL,40,CT\n",
    "mappings/tables/sizes.csv": "code,name\nS,small\nL,big\n",
}


def missing(shop: Shop, kind: Kind) -> list[str]:
    covered = shop.runner().coverage()
    assert [one.problems for one in shop.results if one.problems] == []
    return [str(one) for one in covered.missing if one.kind is kind]


def test_a_row_counts_whichever_function_found_it(shop: Shop) -> None:
    shop.write(**{"mappings/m.yaml": TRIED, **TABLES})
    assert missing(shop, Kind.ROW) == [
        "mappings/tables/sizes.csv:2: row S",
        "mappings/tables/terms.csv:4: row N60",
        "mappings/tables/units.csv:4: row PAL",
    ]


def test_a_row_for_a_partner_is_told_with_the_partner(shop: Shop) -> None:
    other = TRIED.replace("partner: acme", "partner: other").replace("whose: acme, terms: NET30", "terms: 30D")
    shop.write(**{"mappings/m.yaml": other, **TABLES})
    assert "mappings/tables/terms.csv:2: row N30 for acme" in missing(shop, Kind.ROW)


@pytest.mark.parametrize(
    ("before", "after", "code", "column"),
    [
        ("with: {site: x}", "with: {site: x, sight: y}", "M323", 53),
        (", with: {site: x}", "", "M322", 5),
    ],
)
def test_parameters_that_a_case_gives_are_checked(shop: Shop, before: str, after: str, code: str, column: int) -> None:
    shop.write(**{"mappings/m.yaml": TRIED.replace(before, after), **TABLES})
    with pytest.raises(ConfigError) as caught:
        shop.load()
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.line, finding.place.column) == (code, 11, column), str(finding)


AGREED = """\
sends:
  855: {version: "004010", map: answer, on: order.answered}
  856: {version: "004010", map: {mapping: answer}, on: order.shipped, enabled: false}
"""
IN = "from: {file: {path: inbox}}\nsteps:\n  - edi: {}\n"
OUT = "from: {file: {path: answers}}\nsteps: [decode: json]\nto: [topic: order.answered]\n"


def trading(shop: Shop, **routes: str) -> None:
    more = partner("initech", "INITECH").replace("status: live", "status: retired")
    shop.write(
        **{
            "crossdock.yaml": "ids: {x12: [ZZ, US]}\n",
            "mappings/order.yaml": ORDER,
            "mappings/answer.yaml": ANSWER,
            "partners/acme.yaml": partner("acme", "ACME", AGREED),
            "partners/globex.yaml": partner("globex", "GLOBEX"),
            "partners/initech.yaml": more,
            "samples/acme.edi": interchange("ACME", 1, "A1"),
            "routes/in.yaml": IN + routes.get("taken", ""),
            "routes/out.yaml": OUT + routes.get("sent", ""),
            "routes/erp.yaml": "from: {topic: order.received}\nto: [file: {path: erp}]\n",
        }
    )


TAKEN = "cases:\n  - {given: samples/acme.edi, expect: {order.received: {number: A1}}}\n"
SENT = "cases:\n  - {given: {document: {number: A1}, partner: acme}, through: [partner-acme-855], effects: {partner-acme-855/file: 1}}\n"


def test_agreements_that_no_case_comes_to_are_named(shop: Shop) -> None:
    trading(shop)
    assert missing(shop, Kind.AGREEMENT) == [
        "partners/acme.yaml:5: acme sends 850 004010, by order",
        "partners/acme.yaml:9: acme is sent 855 004010, by answer",
        "partners/globex.yaml:5: globex sends 850 004010, by order",
    ]


def test_an_agreement_is_come_to_by_what_is_taken_and_by_what_is_sent(shop: Shop) -> None:
    trading(shop, taken=TAKEN, sent=SENT)
    covered = shop.runner().coverage()
    assert [one.problems for one in shop.results if one.problems] == []
    assert [str(one) for one in covered.missing if one.kind is Kind.AGREEMENT] == [
        "partners/globex.yaml:5: globex sends 850 004010, by order"
    ]
    kinds = covered.as_dict()["kinds"]
    assert isinstance(kinds, dict)
    assert kinds["agreements"] == {"reached": 2, "all": 3, "percent": 66.67}

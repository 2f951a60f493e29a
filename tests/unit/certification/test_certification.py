"""Certification: files of a partner through everything, without any effect, and what is said of them."""

from __future__ import annotations

import pytest
from tests.unit.certification.conftest import LINES, Shop, order

from crossdock.errors import ConfigError
from crossdock.ops.certification.report import Certificate, Verdict
from crossdock.ops.certification.saving import save
from crossdock.testing.route_cases import run_route_cases

NEW = "order-new"


def codes(report: Certificate) -> list[str]:
    told = [one for file in report.files for one in file.told]
    told += [one for _, document in report.documents() for one in document.told]
    return [one.finding.code for one in told]


def verdicts(report: Certificate) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in report.scenarios}


@pytest.mark.parametrize("status", ["onboarding", "testing", "live", "retired"])
def test_a_good_file_passes_whatever_the_status(shop: Shop, status: str) -> None:
    shop.partner(status=status)
    report = shop.certify(order())
    assert report.passed
    (document,) = report.files[0].documents
    assert (document.shape, document.keys) == ("order/v1", ("PO-1",))
    assert verdicts(report)[NEW] is Verdict.PASSED


def test_nothing_is_written_beside_what_is_asked_for(shop: Shop) -> None:
    shop.certify(order())
    assert not (shop.root / ".crossdock").exists()
    assert not (shop.root / "out").exists()


def test_a_mistake_is_told_with_line_segment_view_and_how_to_mend_it(shop: Shop) -> None:
    report = shop.certify(order(lines=["PO1*1*1O*EA*2**UP*614141999996"]))
    ((told,),) = [one.told for one in report.files[0].documents]
    assert (told.line, told.finding.place.segment) == (5, 3)
    assert told.view == "PO1*1*1O*EA*2**UP*614141999996~\n      ^^"
    assert told.mend == "Send a value of the element's type and character set."
    assert not report.passed
    assert verdicts(report)[NEW] is Verdict.FAILED


def test_a_rule_of_the_partner_is_told_as_theirs(shop: Shop) -> None:
    report = shop.certify(order(beg="00*NE"))
    ((told,),) = [one.told for one in report.files[0].documents]
    assert told.finding.rule == "partner acme"


def test_what_mapping_and_contract_refuse_is_told_at_the_line_it_comes_from(shop: Shop) -> None:
    report = shop.certify(order(lines=["PO1*1*10*EA*2**UP*614141999997"]))
    ((told,),) = [one.told for one in report.files[0].documents]
    assert told.finding.code == "C110"
    assert told.line == 5
    assert told.finding.place.element == "PO107"


def test_the_acknowledgement_that_would_be_sent_is_shown(shop: Shop) -> None:
    good, bad = shop.certify(order()), shop.certify(order(beg="00*NE"))
    assert "AK5*A~" in good.files[0].answers[0]
    assert "AK9*R*1*1*0~" in bad.files[0].answers[0]


def test_a_file_of_somebody_else_or_to_somebody_else_is_told(shop: Shop) -> None:
    assert "P304" in codes(shop.certify(order(sender="OTHER")))
    assert "P305" in codes(shop.certify(order().replace(b"*ZZ*US   ", b"*ZZ*THEM ")))


def test_live_data_of_who_is_not_live_is_a_warning(shop: Shop) -> None:
    report = shop.certify(order(usage="P"))
    assert codes(report) == ["P306"]
    assert report.passed


@pytest.mark.parametrize(("data", "code"), [(b"", "P301"), (b'{"a": 1}', "P301"), (b"\x00\xff" * 50, "P301")])
def test_what_is_no_edi_is_said_to_be_none(shop: Shop, data: bytes, code: str) -> None:
    report = shop.certify(data)
    assert codes(report) == [code]
    assert not report.passed


def test_a_set_that_is_not_agreed_on_is_told(shop: Shop) -> None:
    report = shop.certify(order().replace(b"ST*850", b"ST*846"))
    assert not report.passed
    assert {"P134"} & set(codes(report)) or "X1" in "".join(codes(report))


def test_an_order_number_in_two_files_is_a_warning(shop: Shop) -> None:
    assert "P308" in codes(shop.certify(order(), order()))


def test_a_cancellation_shows_its_scenario_and_what_nobody_showed_is_open(shop: Shop) -> None:
    report = shop.certify(order(beg="01*SA"))
    assert verdicts(report) == {
        "order-new": Verdict.OPEN,
        "order-cancel": Verdict.PASSED,
        "invoice": Verdict.OPEN,
        "invoice-credit": Verdict.OPEN,
        "invoice-charges": Verdict.OPEN,
    }
    assert report.passed
    assert not shop.certify(order(), complete=True).passed


def test_a_project_adds_scenarios_over_the_decoded_or_the_canonical_document(shop: Shop) -> None:
    own = """\
    scenarios:
      - {name: two-lines, set: 850, that: "length(PO1) == `2`"}
      - {name: many, set: [850], that: {order/v1: "length(lines) > `100`"}}
      - {name: odd, set: 850, that: "length(NOTHING)"}
    only: true
    """
    assert verdicts(shop.certify(order(), scenarios=own)) == {
        "two-lines": Verdict.PASSED,
        "many": Verdict.OPEN,
        "odd": Verdict.OPEN,
    }


@pytest.mark.parametrize(
    "own", ["scenarios: [{name: a b, set: 850, that: x}]", "scenarios: [{name: a, set: 850, thta: x}]", "scenario: []"]
)
def test_a_checklist_with_mistakes_is_refused_with_their_lines(shop: Shop, own: str) -> None:
    with pytest.raises(ConfigError) as caught:
        shop.certify(order(), scenarios=own)
    assert caught.value.code == "P310"
    assert caught.value.findings[0].place.line == 1


def test_a_scenario_with_an_expression_that_is_none_is_refused(shop: Shop) -> None:
    with pytest.raises(ConfigError):
        shop.certify(order(), scenarios='scenarios: [{name: a, set: 850, that: "PO1["}]')


def test_accepted_samples_become_cases_that_pass_and_refused_ones_do_not(shop: Shop) -> None:
    report = shop.certify(order(), order("PO-2", beg="00*NE"))
    project = shop.load()
    partner = project.partners.roster.partners["acme"]
    written = [path.relative_to(shop.root).as_posix() for path in save(shop.root, project.partners, partner, report)]
    assert written == ["samples/acme/1.edi", "samples/acme/1.edi.850.json", "routes/certified-acme-850.yaml"]
    results = list(run_route_cases(shop.load()))
    assert [(one.name, one.problems) for one in results] == [("certified-acme-850", ())]


def test_samples_are_added_to_those_of_before_and_the_same_one_once(shop: Shop) -> None:
    for files in ((order(),), (order(), order("PO-2", lines=LINES[:1]))):
        report = shop.certify(*files)
        project = shop.load()
        save(shop.root, project.partners, project.partners.roster.partners["acme"], report)
    assert [one.problems for one in run_route_cases(shop.load())] == [(), ()]


def test_a_route_of_somebody_elses_is_not_written_over(shop: Shop) -> None:
    path = shop.root / "routes/certified-acme-850.yaml"
    path.write_text("about: mine\nfrom: {topic: a.b}\nto: [{file: {path: x}}]\n")
    project = shop.load()
    with pytest.raises(ConfigError) as caught:
        save(shop.root, project.partners, project.partners.roster.partners["acme"], shop.certify(order()))
    assert caught.value.code == "P309"
    assert path.read_text().startswith("about: mine")


def test_a_file_name_cannot_lead_out_of_the_samples(shop: Shop) -> None:
    report = shop.certify(order())
    report.files[0].name = "../../evil\n.edi"
    project = shop.load()
    written = save(shop.root, project.partners, project.partners.roster.partners["acme"], report)
    assert written[0] == shop.root / "samples/acme/evil-.edi"


def test_an_edifact_file_is_certified_likewise(shop: Shop) -> None:
    message = (
        "UNH+1+ORDERS:D:96A:UN'BGM+220+PO-9+9'DTM+137:20261120:102'LIN+1++4006381333931:EN'QTY+21:5'UNS+S'UNT+7+1'"
    )
    data = f"UNB+UNOC:3+ACME1:14+US1:14+261120:0815+9++++++1'{message}UNZ+1+9'".encode()
    report = shop.certify(data)
    assert report.passed, report.as_dict()
    assert verdicts(report)[NEW] is Verdict.PASSED
    assert "UCI+9+" in report.files[0].answers[0]

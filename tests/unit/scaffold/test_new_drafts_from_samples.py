"""``crossdock new``: what is drafted from a sample can be read, checked and tested, and says what it does not know."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.cli.console import load
from crossdock.cli.new import new
from crossdock.errors import ConfigError, errors_in
from crossdock.ops.pack import pack_root
from crossdock.testing.mapping_cases import run_mapping_cases
from crossdock.testing.results import CaseResult
from crossdock.testing.route_cases import run_route_cases

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"
PACK = pack_root() / "samples"


def draft(root: Path, *words: str) -> Result:
    """Run ``crossdock new`` in a folder."""
    return CliRunner().invoke(new, [*words, "--project", str(root)])


def drafted(root: Path, name: str, sample: Path, *more: str) -> str:
    """The text of a mapping that is drafted."""
    result = draft(root, "mapping", name, "--from", str(sample), *more)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return (root / f"mappings/{name}.yaml").read_text(encoding="utf-8")


def findings(root: Path) -> Sequence[object]:
    """The errors of a project."""
    return list(errors_in(load(root, cases=True, documents=True).warnings))


def cases(root: Path) -> list[CaseResult]:
    """The cases of a project, run."""
    project = load(root, cases=True)
    return [*run_mapping_cases(project), *run_route_cases(project)]


GOLDEN = [
    ("x12", SAMPLES / "kellerman-850.edi", ()),
    ("edifact", PACK / "partners/nordwind-orders.edi", ()),
    ("idoc", PACK / "sap/orders05.idoc", ()),
    ("shop", SAMPLES / "shop.json", ("--to", "order/v1")),
    ("rows", SAMPLES / "bestellungen.csv", ("--to", "order/v1")),
    ("stock", PACK / "warehouse/stock.csv", ("--to", "inventory/v1")),
]


@pytest.mark.parametrize(("name", "sample", "more"), GOLDEN, ids=[name for name, _, _ in GOLDEN])
def test_a_draft_is_as_a_person_read_it_and_check_accepts_it(
    name: str, sample: Path, more: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = drafted(tmp_path, name, sample, *more)
    golden = HERE / "golden" / f"{name}.yaml"
    if not golden.exists():
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert findings(tmp_path) == []


def test_a_fixed_width_file_is_drafted_by_the_names_of_its_layout(tmp_path: Path) -> None:
    (tmp_path / "mappings/layouts").mkdir(parents=True)
    layout = (pack_root() / "mappings/layouts/mainframe-order.yaml").read_bytes()
    (tmp_path / "mappings/layouts/host.yaml").write_bytes(layout)
    text = drafted(tmp_path, "host", PACK / "mainframe/orders.ebc", "--layout", "host", "--to", "order/v1")
    assert "from: fixed/host" in text
    assert "quantity: quantity" in text
    assert findings(tmp_path) == []


@pytest.mark.parametrize(
    "sample", ["golden/ubl/order.xml", "cxml/order-request.xml", "sap/orders05.idoc", "partners/hansa-desadv.edi"]
)
def test_a_document_the_pack_knows_needs_nothing_more_to_pass(sample: str, tmp_path: Path) -> None:
    result = draft(tmp_path, "route", "known", "--from", str(PACK / sample))
    assert result.exit_code == 0, result.output
    assert [one.problems for one in cases(tmp_path)] == [(), ()]


def test_what_the_sample_does_not_say_fails_until_somebody_decides(tmp_path: Path) -> None:
    result = draft(tmp_path, "route", "kellerman", "--from", str(SAMPLES / "kellerman-850.edi"))
    assert "1 to be decided: currency" in result.output
    before = cases(tmp_path)
    assert all("/currency: a value is required" in one.problems[0] for one in before)
    mapping = tmp_path / "mappings/kellerman.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("{expr: CUR.CUR02, required: true}", "CUR.CUR02 || 'USD'"), encoding="utf-8")
    of_mapping, of_route = cases(tmp_path)
    assert of_mapping.problems == ()
    assert any("currency" in problem for problem in of_route.problems), (
        "the golden file learns of it by --update-golden"
    )


def test_a_drafted_route_is_short(tmp_path: Path) -> None:
    draft(tmp_path, "route", "kellerman", "--from", str(SAMPLES / "kellerman-850.edi"))
    assert len((tmp_path / "routes/kellerman.yaml").read_text().splitlines()) <= 20


def test_rows_of_one_order_are_put_together(tmp_path: Path) -> None:
    draft(tmp_path, "route", "rows", "--from", str(SAMPLES / "bestellungen.csv"), "--to", "order/v1")
    mapping = tmp_path / "mappings/rows.yaml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("{expr: $headers.currency, required: true}", "{value: EUR}"), encoding="utf-8")
    of_mapping, of_route = cases(tmp_path)
    assert of_mapping.problems == ()
    assert any("currency" in problem for problem in of_route.problems)
    assert "split: group_by(@, &Bestellnummer)" in (tmp_path / "routes/rows.yaml").read_text(encoding="utf-8")


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    text = drafted(tmp_path, "one", SAMPLES / "shop.json", "--to", "order/v1")
    again = draft(tmp_path, "mapping", "one", "--from", str(SAMPLES / "traps.json"), "--to", "order/v1")
    assert isinstance(again.exception, ConfigError)
    assert again.exception.code == "G131"
    assert (tmp_path / "mappings/one.yaml").read_text(encoding="utf-8") == text
    assert not (tmp_path / "samples/traps.json").exists()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "G132"), (b"\x93\xff\x00\x01" * 40, "G105"), (b"hello world", "G105"), (b'{"a": 1,', "G132")],
    ids=["empty", "binary", "text", "cut off"],
)
def test_a_sample_that_says_nothing_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(data)
    result = draft(tmp_path, "route", "one", "--from", str(tmp_path / "s"), "--to", "order/v1")
    assert isinstance(result.exception, ConfigError), result.output
    assert result.exception.findings[0].code == code
    assert not (tmp_path / "routes").exists()


def test_a_cut_off_850_is_refused_with_what_is_wrong_in_it(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes((SAMPLES / "kellerman-850.edi").read_bytes()[:600])
    result = draft(tmp_path, "mapping", "one", "--from", str(tmp_path / "s"))
    assert isinstance(result.exception, ConfigError)
    assert [one.code for one in result.exception.findings][:1] == ["G132"]
    assert len(result.exception.findings) > 1


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".x", "a b", "x" * 90])
def test_a_name_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    result = draft(tmp_path, "mapping", name, "--from", str(SAMPLES / "shop.json"), "--to", "order/v1")
    assert isinstance(result.exception, ConfigError)
    assert result.exception.code == "G130"


def test_of_a_large_file_the_beginning_is_read_and_kept(tmp_path: Path) -> None:
    rows = "".join(f"{at // 3},2026-01-02,EUR,C7,{at % 3 + 1},S-{at},4,EA,1.50\n" for at in range(60_000))
    (tmp_path / "big.csv").write_text("order_no,date,currency,customer,line,sku,qty,uom,price\n" + rows)
    result = draft(tmp_path, "route", "big", "--from", str(tmp_path / "big.csv"), "--to", "order/v1")
    assert result.exit_code == 0, repr(result.exception)
    assert len((tmp_path / "samples/big.csv").read_text().splitlines()) == 21
    assert [one.problems for one in cases(tmp_path)] == [(), ()]


def test_a_partner_is_drafted_with_a_mapping_of_its_own(tmp_path: Path) -> None:
    result = draft(tmp_path, "partner", "kellerman", "--from", str(SAMPLES / "kellerman-850.edi"))
    assert result.exit_code == 0, repr(result.exception)
    text = (tmp_path / "partners/kellerman.yaml").read_text()
    assert 'ids: {x12: ["01", "081234567"]}' in text
    assert '850: {version: "004010", map: kellerman-850, topic: order.received}' in text
    assert findings(tmp_path) == []


_WORDS = st.sampled_from(
    ["order_no", "datum", "Menge", "sku", "price", "on", "no", "null", "a b", "#", "é: {", "~", "kunde", "uom"]
)
_VALUES = st.one_of(
    st.text(max_size=12),
    st.integers(),
    st.booleans(),
    st.none(),
    st.sampled_from(["1,5", "20.11.2026", "- x", "'", '"']),
)
_FLAT = st.dictionaries(st.one_of(_WORDS, st.text(min_size=1, max_size=6)), _VALUES, min_size=1, max_size=6)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=_FLAT, lines=st.lists(_FLAT, min_size=1, max_size=3))
def test_whatever_the_sample_holds_the_draft_loads(
    head: dict[str, object], lines: list[object], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    (tmp_path / "s.json").write_text(json.dumps({**head, "items": lines}))
    result = draft(tmp_path, "mapping", "any", "--from", str(tmp_path / "s.json"), "--to", "order/v1")
    if isinstance(result.exception, ConfigError):
        assert result.exception.findings[0].code in ("G132", "G105")
        return
    assert result.exit_code == 0, repr(result.exception)
    assert findings(tmp_path) == []

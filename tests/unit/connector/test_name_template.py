"""Names made from what is delivered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from crossdock.connector import Parcel, Template
from crossdock.connector.file_name import name_fault, part_fault
from crossdock.connector.template import any_text, extension
from crossdock.errors import Reject
from crossdock.message import Document, Inline

NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def parcel(document: Document = None, **headers: str) -> Parcel:
    return Parcel(
        key="the-key",
        message="the-id",
        payload=Inline(b""),
        document=document,
        content_type="text/csv; charset=utf-8",
        headers={name.replace("_", "."): value for name, value in headers.items()},
    )


def render(text: str, one: Parcel) -> str:
    return Template.parse(text).render(one, NOW, part=part_fault, whole=name_fault)


def rejected(text: str, one: Parcel) -> list[str]:
    with pytest.raises(Reject) as error:
        render(text, one)
    return [finding.code for finding in error.value.findings]


def test_a_name_without_braces_is_itself() -> None:
    assert render("stock.csv", parcel()) == "stock.csv"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ORD{number}.txt", "ORD4711.txt"),
        ("{buyer.id}-{number}", "ACME-4711"),
        ("{lines[1].sku}", "B-2"),
        ("{lines[0].codes[1]}", "x2"),
        ("{total}", "12.50"),
        ("{urgent}", "true"),
        ("{ship_to.post-code}", "80331"),
    ],
)
def test_a_path_reaches_into_the_document(text: str, name: str) -> None:
    document: Document = {
        "number": "4711",
        "buyer": {"id": "ACME"},
        "lines": [{"sku": "A-1", "codes": ["x1", "x2"]}, {"sku": "B-2"}],
        "total": Decimal("12.50"),
        "urgent": True,
        "ship_to": {"post-code": 80331},
    }
    assert render(text, parcel(document)) == name


def test_special_names_reach_beyond_the_document() -> None:
    one = parcel(file_name="orders.edi")
    assert render("{$id}{$extension}", one) == "the-id.csv"
    assert render("{$key}", one) == "the-key"
    assert render("{$header.file.name}", one) == "orders.edi"


def test_the_moment_is_told_in_utc() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=5)))
    template = Template.parse("{$now:%Y%m%d}-{$now:%H%M%S%f}")
    assert template.render(parcel(), local, part=any_text, whole=any_text) == "20261120-233000000000"
    assert render("{$now}", parcel()) == "20261120T233000Z"


@pytest.mark.parametrize("document", [None, {}, {"number": None}, {"number": ""}, [], "text"])
def test_a_missing_or_empty_value_rejects_the_document(document: Document) -> None:
    assert rejected("ORD{number}.txt", parcel(document)) == ["K101"]


@pytest.mark.parametrize("value", [[], ["a"], {}, {"a": "b"}])
def test_a_list_or_an_object_makes_no_name(value: Document) -> None:
    assert rejected("{value}", parcel({"value": value})) == ["K102"]


def test_every_mistake_is_told_at_once() -> None:
    assert rejected("{a}-{b}-{c}", parcel({"b": "x/y", "c": []})) == ["K101", "K103", "K102"]


def test_a_path_beyond_a_list_or_through_a_text_finds_nothing() -> None:
    document: Document = {"lines": [{"sku": "A"}], "name": "x"}
    for text in ("{lines[1].sku}", "{lines.sku}", "{name.first}", "{name[0]}"):
        assert rejected(text, parcel(document)) == ["K101"]


@pytest.mark.parametrize(
    "text",
    [
        *("{", "}", "a{b", "{a}}", "{{a}}", "{}", "{ a }", "{a b}", "{a.}", "{.a}", "{a..b}", "{a[-1]}", "{a[x]}"),
        *("{$}", "{$header}", "{$header.}", "{$headers.x}", "{$id:5}", "{number:>5}"),
        *("{$now:}", "{$now:x}", "{$now:%}", "{$now:%c}"),
    ],
)
def test_a_template_with_a_mistake_is_refused_when_it_is_parsed(text: str) -> None:
    with pytest.raises(ValueError, match=r"\{|\}"):
        Template.parse(text)


def test_a_template_is_a_type_of_option() -> None:
    class Options(BaseModel):
        name: Template

    options = Options.model_validate({"name": "ORD{number}.txt"})
    assert options == Options(name=Template.parse("ORD{number}.txt"))
    assert options.model_dump() == {"name": "ORD{number}.txt"}
    for wrong in ({"name": "{"}, {"name": 5}):
        with pytest.raises(ValidationError):
            Options.model_validate(wrong)


def test_a_template_is_split_outside_its_braces() -> None:
    pieces = Template.parse("out/{a.b}/x{$now:%Y/%m}").split("/")
    assert [piece.text for piece in pieces] == ["out", "{a.b}", "x{$now:%Y/%m}"]
    assert [piece.fixed for piece in pieces] == [True, False, False]


def test_what_is_unknown_ends_with_bin() -> None:
    assert [extension(one) for one in ("application/json", "APPLICATION/XML; x", "odd")] == [".json", ".xml", ".bin"]

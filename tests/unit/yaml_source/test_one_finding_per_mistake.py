from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from crossdock.yaml_source import findings_of, load


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Circle(Strict):
    kind: Literal["circle"]
    radius: int


class Square(Strict):
    kind: Literal["square"]
    side: int


class Name(Strict):
    first: str


class Number(Strict):
    number: int


class Drawing(Strict):
    tagged: Annotated[Circle | Square, Field(discriminator="kind")] | None = None
    either: Name | Number | None = None
    count: int | list[int] | None = None
    size: int = Field(1, ge=1)
    colour: Literal["red", "green"] = "red"
    shapes: list[Circle] = []
    secret: SecretStr | None = None
    text: str = ""
    marked: bool = Field(default=False, alias="hidden")


def findings(text: str) -> list[str]:
    source = load(text.encode(), "f.yaml")
    try:
        Drawing.model_validate(source.value)
    except ValidationError as error:
        return [str(finding) for finding in findings_of(error, source, (), Drawing, "T1")]
    return []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("colur: red", "1:1: error T1: unknown key 'colur'; did you mean 'colour'?"),
        ("hiden: true", "1:1: error T1: unknown key 'hiden'; did you mean 'hidden'?"),
        ("tagged: {kind: circle, radius: x}", "1:32: error T1: expected a whole number, not 'x'"),
        ("tagged: {kind: circle, radios: 1}", "1:24: error T1: unknown key 'radios'; did you mean 'radius'?"),
        ("tagged: {kind: circel, radius: 1}", "1:16: error T1: unknown value 'circel'; did you mean 'circle'?"),
        ("tagged: {radius: 1}", "1:1: error T1: required key 'kind' is missing"),
        ("tagged: {kind: square}", "1:1: error T1: required key 'side' is missing"),
        ("either: {frist: Ann}", "1:10: error T1: unknown key 'frist'; did you mean 'first'?"),
        ("either: 7", "1:9: error T1: expected keys and values, not '7'"),
        ("count: many", "1:8: error T1: expected a whole number or a list, not 'many'"),
        ("count: [1, two]", "1:12: error T1: expected a whole number, not 'two'"),
        ("size: 0", "1:7: error T1: must be greater than or equal to 1, not '0'"),
        ("size: [1]", "1:7: error T1: expected a whole number, not a list"),
        ("size:", "1:6: error T1: expected a whole number, not nothing"),
        ("colour: rde", "1:9: error T1: unknown value 'rde'; did you mean 'red'?"),
        (
            "shapes: {kind: circle, radius: 1}",
            "1:9: error T1: expected a list, not keys and values; begin each entry with '- '",
        ),
        ("shapes:\n  - kind: circle\n    radus: 3", "3:5: error T1: unknown key 'radus'; did you mean 'radius'?"),
        ("text: 5", "1:7: error T1: expected text, not '5'; put quotes around it: \"5\""),
        ("text: true", "1:7: error T1: expected text, not 'true'; put quotes around it: \"true\""),
    ],
)
def test_a_mistake_is_one_finding_at_its_place(text: str, expected: str) -> None:
    assert findings(text) == [f"f.yaml:{expected}"]


def test_several_mistakes_are_several_findings() -> None:
    assert len(findings("colour: rde\nsize: 0\nshapes: [{kind: circle, radius: x}, {kind: circle, radius: y}]")) == 4


def test_a_finding_never_shows_a_secret() -> None:
    source = load(b"text: x", "f.yaml")
    with pytest.raises(ValidationError) as caught:
        Drawing.model_validate({"text": SecretStr("hunter2"), "size": [SecretStr("hunter2")]})
    told = findings_of(caught.value, source, (), Drawing, "T1")
    assert len(told) == 2
    assert "hunter2" not in repr(told)


def test_an_option_is_called_what_it_is() -> None:
    source = load(b"file: {pth: x}", "f.yaml")

    class Options(Strict):
        path: str

    with pytest.raises(ValidationError) as caught:
        Options.model_validate({"pth": "x"})
    told = findings_of(caught.value, source, ("file",), Options, "R104", noun="option", owner="connector 'file'")
    assert [str(finding) for finding in told] == [
        "f.yaml:1:8: error R104: unknown option 'pth' of connector 'file'; did you mean 'path'?"
    ]

"""docs/reference/contracts.md, written from the models: what the page says is what the engine checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast

from crossdock.canonical.blocks.identifier import SCHEMES
from crossdock.canonical.contract import Contract
from crossdock.message import Document

_Schema: TypeAlias = "dict[str, Document]"

INTRODUCTION = """# Contracts

<!-- Written by crossdock.canonical.reference_page from the models. Do not edit. -->

A contract is a versioned canonical object. The step `validate: order/v1` reads a document by it, strictly, and passes
on its normal form: fields in the order given here, numbers exact, absent fields left out. Whatever is wrong is
reported at once, each finding with a JSON pointer; a field the contract does not know is an error, never dropped.

| kind | what is read |
|---|---|
| text | white space around a single line is not part of it; never empty, no control characters; a number is not text |
| decimal | a number, or text such as `12.50`; at most 18 digits, exact, never a float. The result is a number |
| date | `2026-11-20`: a day that exists, as text |
| moment | `2026-11-20T08:30:00Z`: date, time and offset (RFC 3339), as text |
| unit | code of UN/ECE Recommendation 20 or 21 or of X12 element 355, by its form |
| currency, country | ISO 4217 and ISO 3166-1 alpha-2, by their form |
| GTIN, SSCC | digits with a right check digit. What has a wrong one names nothing and is refused; carry it in `item_ids` under a scheme of the partner's if it must be carried |

## Findings

| code | what was found |
|---|---|
| `C001` | a contract of the project has no proper name, such as `pick_list/v1` |
| `C002` | the model of a contract of the project lets unknown fields pass |
| `C003` | the model of a contract of the project has a type no document can hold, such as a float |
| `C004` | a contract of the project has the name of one that comes with the engine |
| `C101` | a required field is missing |
| `C102` | a field is unknown; a near name is suggested |
| `C103` | a value is of the wrong kind: text, whole number, list, object |
| `C104` | text is empty, too long, or has control characters |
| `C105` | a number is not exact, has more than 18 digits, or is out of bounds |
| `C106` | not a date |
| `C107` | not a point in time with its offset |
| `C108` | not one of the codes of the field |
| `C109` | not of the form of its kind: currency, country, unit, scheme, language |
| `C110` | an id is not of the form of its scheme, or has a wrong check digit |
| `C111` | a list is empty or too long |
| `C112` | a party does not say who it is, or a line which item it is about |
| `C190` | anything else a model of the project refuses |
| `C199` | note: so many more findings were counted and left out |
| `C201` | a number is given twice |
| `C202` | a number points to something that is not in the document |
| `C203` | an end lies before its beginning |
| `C204` | a pack lies inside itself |
| `C301` | warning: a sum is not what its parts come to. Partners round in their own ways, so it stops nothing |
"""


def reference_page(contracts: Mapping[str, Contract]) -> str:
    """The whole page, in Markdown."""
    schemas = {name: contract.json_schema() for name, contract in contracts.items()}
    parts = _shared_parts(schemas.values())
    sections = [
        INTRODUCTION,
        *(_section(contracts[name], schema, parts) for name, schema in schemas.items()),
        "## Shared parts\n",
        *(_table(f"### {name}", parts[name]) for name in sorted(parts)),
        _schemes(),
    ]
    return "\n".join(sections)


def _shared_parts(schemas: Iterable[_Schema]) -> dict[str, _Schema]:
    """The parts that more than one contract uses, by name."""
    found: dict[str, _Schema] = {}
    shared: dict[str, _Schema] = {}
    for schema in schemas:
        for name, part in _parts(schema).items():
            if name in found:
                shared[name] = part
            found[name] = part
    return shared


def _parts(schema: _Schema) -> dict[str, _Schema]:
    return cast("dict[str, _Schema]", schema.get("$defs", {}))


def _section(contract: Contract, schema: _Schema, shared: Mapping[str, _Schema]) -> str:
    own = [(name, part) for name, part in _parts(schema).items() if name not in shared]
    tables = [_table(f"## {contract.name}", schema), *(_table(f"### {name}", part) for name, part in own)]
    return "\n".join(tables)


def _table(heading: str, schema: _Schema) -> str:
    about = str(schema.get("description", "")).strip()
    required = cast("list[str]", schema.get("required", []))
    properties = cast("dict[str, _Schema]", schema["properties"])
    rows = (
        f"| `{name}` | {_kind(field)} | {'yes' if name in required else ''} | {_meaning(field)} |"
        for name, field in properties.items()
    )
    return "\n".join([heading, "", about, "", "| field | kind | required | meaning |", "|---|---|---|---|", *rows, ""])


def _meaning(field: _Schema) -> str:
    return " ".join(_sentences(field))


def _sentences(field: _Schema) -> Iterator[str]:
    yield str(field.get("description", ""))
    codes = cast("list[str]", field.get("enum", []))
    if codes:
        yield f"One of {', '.join(f'`{code}`' for code in codes)}."
    if "default" in field:
        yield f"`{field['default']}` if absent."


def _kind(field: _Schema) -> str:
    if isinstance(reference := field.get("$ref"), str):
        name = reference.rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if field.get("type") == "array":
        return f"list of {_kind(cast('_Schema', field['items']))}"
    named = str(field.get("format") or ("code" if "enum" in field else field["type"]))
    return _NAMES.get(named, named)


_NAMES = {
    "date-time": "moment",
    "gtin": "GTIN",
    "sscc": "SSCC",
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
}


def _schemes() -> str:
    rows = (f"| `{scheme}` | {about} |" for scheme, about in SCHEMES.items())
    about = (
        "Schemes of ids (`scheme`, `id_scheme`). Any other word or code passes as it is: an X12 or EDIFACT qualifier,\n"
        "a partner's own. The form of those that have one is checked."
    )
    return "\n".join(["### Schemes", "", about, "", "| scheme | values |", "|---|---|", *rows, ""])

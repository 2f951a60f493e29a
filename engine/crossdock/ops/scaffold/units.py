"""Units of measure: which table reads the codes of a sample, or a new one with what the trade means by them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from crossdock.mapping.lookup import Table
from crossdock.message import Document
from crossdock.ops.scaffold.known import TABLES, table_files
from crossdock.ops.scaffold.nodes import Remark, guess

#: What people write for a unit -> the code the pack's contracts carry (X12 355 for counted things, as in table ``uom``).
_SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("stk", "stck", "stück", "stueck", "st", "pcs", "pc", "piece", "pieces", "each", "stk."), "EA"),
        **dict.fromkeys(("krt", "karton", "kartons", "kar", "carton", "ctn", "case", "box"), "CT"),
        **dict.fromkeys(("paar", "pair", "prs"), "PR"),
        **dict.fromkeys(("kg", "kilo"), "KG"),
        **dict.fromkeys(("m", "mtr", "meter"), "MR"),
        **dict.fromkeys(("l", "ltr", "liter", "litre"), "LT"),
        **dict.fromkeys(("rol", "rolle", "roll"), "RL"),
        **dict.fromkeys(("pal", "palette", "pallet"), "PF"),
        **dict.fromkeys(("pak", "pck", "pack", "packung", "pkg"), "PK"),
        **dict.fromkeys(("set", "satz"), "ST"),
    }
)
_STANDARD = (("uom", "lookup('uom', {})"), ("edifact-units", "lookup('edifact-units', {}, 'rec20', {})"))


@dataclass(frozen=True, slots=True)
class Unit:
    """How units are read, and the tables that this needs."""

    expression: str
    remark: Remark | None = None
    tables: dict[str, bytes] = field(default_factory=dict)


def unit_expression(name: str, source: str, values: Sequence[Document], tables: Mapping[str, Table]) -> Unit:
    """The expression for the units of a sample; a new table where no table of the pack has them all."""
    codes = sorted({str(value) for value in values if value not in (None, "")})
    for table, template in _STANDARD:
        if table in tables and all(code in tables[table].rows for code in codes):
            return Unit(template.replace("{}", source), tables=table_files([table]))
    own = f"{name}-units"
    spoken = [(code, _SPOKEN[code.lower()]) for code in codes if code.lower() in _SPOKEN]
    unknown = [code for code in codes if code.lower() not in _SPOKEN]
    why = "codes as the trade speaks; look through the table"
    if unknown:
        why = f"the table has nothing for {', '.join(map(repr, unknown[:5]))} yet"
    remark = Remark("decide", f"{why}: {TABLES}/{own}.csv") if unknown else guess(f"{why}: {TABLES}/{own}.csv")
    return Unit(f"lookup('{own}', {source})", remark, {f"{TABLES}/{own}.csv": _table(spoken)})


def _table(rows: Sequence[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "unit"))
    writer.writerows(rows)
    return text.getvalue().encode()

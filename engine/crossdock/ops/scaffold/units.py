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
from crossdock.ops.scaffold.written import shown

#: What people write for a unit -> its code in UN/ECE Recommendation 20 or 21, as the right column of table ``uom``.
_SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("stk", "stck", "stück", "stueck", "st", "stk.", "pcs", "pc", "pce", "piece", "pieces"), "EA"),
        **dict.fromkeys(("ea", "each", "unit", "units", "un", "c62"), "EA"),
        **dict.fromkeys(("krt", "karton", "kartons", "kar", "carton", "ctn"), "CT"),
        **dict.fromkeys(("case", "cs", "cse", "kiste"), "CS"),
        **dict.fromkeys(("box", "bx", "schachtel"), "BX"),
        **dict.fromkeys(("bag", "beutel", "btl"), "BG"),
        **dict.fromkeys(("paar", "pair", "prs", "pr"), "PR"),
        **dict.fromkeys(("dz", "dozen", "dutzend", "dtz"), "DZN"),
        **dict.fromkeys(("kg", "kilo", "kgm"), "KGM"),
        **dict.fromkeys(("g", "gr", "gramm", "gram"), "GRM"),
        **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "LBR"),
        **dict.fromkeys(("m", "mtr", "meter", "metre", "lfm"), "MTR"),
        **dict.fromkeys(("cm",), "CMT"),
        **dict.fromkeys(("mm",), "MMT"),
        **dict.fromkeys(("ft", "foot", "feet"), "FOT"),
        **dict.fromkeys(("m2", "m²", "qm"), "MTK"),
        **dict.fromkeys(("l", "ltr", "liter", "litre"), "LTR"),
        **dict.fromkeys(("rol", "rolle", "roll"), "RO"),
        **dict.fromkeys(("pal", "palette", "pallet"), "PX"),
        **dict.fromkeys(("pak", "pck", "pack", "packung", "pkg", "pk"), "PK"),
        **dict.fromkeys(("set", "satz"), "SET"),
        **dict.fromkeys(("h", "hr", "hour", "std", "stunde"), "HUR"),
    }
)
#: Codes of X12 that mean something else where people speak: ``ST`` is a set there, and a piece in German.
_OTHERWISE = frozenset({"ST"})
_STANDARD = (("uom", "lookup('uom', {})"), ("edifact-units", "lookup('edifact-units', {}, 'rec20', {})"))


@dataclass(frozen=True, slots=True)
class Unit:
    """How units are read, and the tables that this needs."""

    expression: str
    remark: Remark | None = None
    tables: dict[str, bytes] = field(default_factory=dict)


def unit_expression(
    name: str, source: str, values: Sequence[Document], tables: Mapping[str, Table], *, edi: bool
) -> Unit:
    """The expression for the units of a sample; a new table where no table of the pack has them all."""
    codes = sorted({str(value) for value in values if value not in (None, "")})
    for table, template in _STANDARD:
        known = table in tables and all(code in tables[table].rows for code in codes)
        if known and (edi or _OTHERWISE.isdisjoint(codes)):
            return Unit(template.replace("{}", source), tables=table_files([table]))
    own = f"{name}-units"
    meant = {code: _SPOKEN.get(code.lower()) or _standard(code, tables) for code in codes}
    unknown = [code for code, unit in meant.items() if unit is None]
    why = "codes as the trade speaks; look through the table"
    if unknown:
        why = f"the table has nothing for {', '.join(map(shown, unknown[:5]))} yet"
    remark = Remark("decide", f"{why}: {TABLES}/{own}.csv") if unknown else guess(f"{why}: {TABLES}/{own}.csv")
    rows = [(code, unit) for code, unit in meant.items() if unit]
    return Unit(f"lookup('{own}', {source})", remark, {f"{TABLES}/{own}.csv": _table(rows)})


def _standard(code: str, tables: Mapping[str, Table]) -> str | None:
    """What table ``uom`` says of a code, or the code itself where it is one of those it gives."""
    table = tables.get("uom")
    if table is None:
        return None
    units = {str(key): row[0] for key, row in table.rows.items() if row}
    return units.get(code) or (code if code in units.values() else None)


def _table(rows: Sequence[tuple[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "unit"))
    writer.writerows(rows)
    return text.getvalue().encode()

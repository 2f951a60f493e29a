"""How fast mappings are: 41 expressions over a 10-line X12 850, compiled by us and run by the official interpreter.

Prints JSON; times are medians in microseconds of one document. Run from the project's folder:
``python benchmarks/mapping.py``.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jmespath

from crossdock import yaml_source
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.mapping.xslt import compile_stylesheet
from crossdock.message import Document

MAPPINGS = Path(__file__).parent.parent / "mappings"
SCOPE = Scope(id="m", route="r", now=datetime(2026, 11, 20, tzinfo=UTC), partner="ACMEDIST")
LINES = 10
ROUNDS = 15

HEAD = """
BEG.BEG01|BEG.BEG02|BEG.BEG03|BEG.BEG05|CUR.CUR02 || 'USD'
N1[?N101=='ST'] : [0].N102|N1[?N101=='ST'] : [0].N104|N1[?N101=='ST'] : [0].N3[0].N301
N1[?N101=='ST'] : [0].N4[0].N401|N1[?N101=='ST'] : [0].N4[0].N402|N1[?N101=='ST'] : [0].N4[0].N403
N1[?N101=='BT'] : [0].N102|N1[?N101=='BT'] : [0].N104|N1[?N101=='BY'] : [0].N102 || N1[0].N102
N1[?N101=='BY'] : [0].N104|REF[?REF01=='DP'] : [0].REF02|REF[?REF01=='CT'] : [0].REF02
DTM[?DTM01=='002'] : [0].DTM02|DTM[?DTM01=='010'] : [0].DTM02|ITD[0].ITD12|ITD[0].ITD07|TD5[0].TD503|FOB[0].FOB01
PER[0].PER02|PER[?PER03=='TE'] : [0].PER04|CTT.CTT01|length(PO1)|N1[].N101|PO1[].PO101
PO1[].PO102|PO1[].PO103|PO1[].PO104|PO1[]._ids.VP|PO1[].[_ids.VP, _ids.UP][]|PO1[*].PID[0].PID05
PO1[?PO103=='EA'].PO107|PO1[].{number: PO101, sku: _ids.VP || _ids.BP, quantity: PO102, unit: PO103, price: PO104}
PO1[].PID[].PID05|join(',', PO1[].PO107)|PO1[-1].PO101|PO1[:3].PO107
"""


def order(lines: int) -> Document:
    """A purchase order as the ``x12`` codec decodes it."""
    parties: list[Document] = [
        {
            "N101": role,
            "N102": f"Party {role}",
            "N103": "92",
            "N104": f"00{at}",
            "N3": [{"N301": "1 MAIN ST"}],
            "N4": [{"N401": "MEMPHIS", "N402": "TN", "N403": "38118", "N404": "US"}],
        }
        for at, role in enumerate(("BY", "ST", "BT"))
    ]
    return {
        "_std": "X12",
        "_set": "850",
        "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": "PO4711", "BEG05": "20261120"},
        "CUR": {"CUR01": "BY", "CUR02": "USD"},
        "REF": [{"REF01": "DP", "REF02": "061"}, {"REF01": "CT", "REF02": "C-118"}],
        "PER": [{"PER01": "BD", "PER02": "DANA", "PER03": "TE", "PER04": "9015550142"}],
        "DTM": [{"DTM01": "002", "DTM02": "20261201"}],
        "ITD": [{"ITD01": "01", "ITD07": "30", "ITD12": "NET 30"}],
        "TD5": [{"TD502": "2", "TD503": "RDGF"}],
        "N1": parties,
        "PO1": [_line(at) for at in range(1, lines + 1)],
        "CTT": {"CTT01": str(lines)},
    }


def _line(at: int) -> Document:
    return {
        "PO101": str(at),
        "PO102": str(10 * at),
        "PO103": "EA" if at % 2 else "CA",
        "PO104": f"{at}.25",
        "PO106": "VP",
        "PO107": f"SKU-{at}",
        "_ids": {"VP": f"SKU-{at}"},
        "PID": [{"PID01": "F", "PID05": f"HEX BOLT M{at}"}],
    }


def expressions() -> list[str]:
    """The 41 expressions; a colon stands for the pipe, which separates them above."""
    found = [text.strip().replace(" : ", " | ") for text in HEAD.replace("\n", "|").replace("||", "\0").split("|")]
    return [text.replace("\0", "||") for text in found if text]


def median(run: Callable[[], object], repeat: int) -> float:
    """Median microseconds of one call."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(repeat):
            run()
        times.append((time.perf_counter() - begin) / repeat * 1e6)
    return round(statistics.median(times), 1)


def tables() -> dict[str, Table]:
    """The pack's tables."""
    return {path.stem: parse_table(path.stem, path.read_bytes(), str(path)) for path in MAPPINGS.glob("tables/*.csv")}


def pack(name: str) -> YamlMapping:
    """A mapping of the pack."""
    path = MAPPINGS / f"{name}.yaml"
    return compile_mapping(name, yaml_source.load(path.read_bytes(), str(path)), tables())


def against_interpreter(document: Document) -> dict[str, object]:
    """The same 41 expressions, compiled as one mapping and interpreted one by one."""
    texts = expressions()
    fields = "\n".join(f"  f{at}: {json.dumps(text)}" for at, text in enumerate(texts))
    mapping = compile_mapping("bench", yaml_source.load(f"from: x12/850\nfields:\n{fields}\n".encode(), "bench"), {})
    parsed = [jmespath.compile(text) for text in texts]
    made = {f"f{at}": expression.search(document) for at, expression in enumerate(parsed)}
    if mapping.apply(document, SCOPE) != {key: value for key, value in made.items() if value is not None}:
        raise SystemExit("the compiled mapping and the interpreter disagree")
    ours = median(lambda: mapping.apply(document, SCOPE), 200)
    theirs = median(lambda: [expression.search(document) for expression in parsed], 30)
    return {
        "expressions": len(texts),
        "compiled_us": ours,
        "interpreter_us": theirs,
        "times_faster": round(theirs / ours, 1),
    }


def pack_mappings(document: Document) -> dict[str, object]:
    """The mappings of the distributor pack."""
    read, flat = pack("x12-850-to-order"), pack("order-to-erp-flat")
    sheet = compile_stylesheet("crm", (MAPPINGS / "order-to-crm.xsl").read_bytes(), "order-to-crm.xsl", tables())
    made = read.apply(document, SCOPE)
    if not isinstance(made, dict):
        raise SystemExit("the mapping made no order")
    made["buyer"] = {"id": "ACMEDIST"}
    begin = time.perf_counter()
    pack("x12-850-to-order").apply(document, SCOPE)
    first = round((time.perf_counter() - begin) * 1e3, 1)
    return {
        "x12-850-to-order_us": median(lambda: read.apply(document, SCOPE), 200),
        "order-to-erp-flat_us": median(lambda: flat.apply(made, SCOPE), 200),
        "order-to-crm_us": median(lambda: sheet.apply(made, SCOPE), 50),
        "compile_and_first_document_ms": first,
    }


def main() -> None:
    """Measure and print."""
    document = order(LINES)
    report = {
        "benchmark": "mapping",
        "lines": LINES,
        "python": sys.version.split()[0],
        **against_interpreter(document),
        **pack_mappings(document),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""IDoc decode: MB per second of CPU and the greatest memory of a process that does nothing else.

    python benchmarks/idoc_decode.py [--orders 2000] [--runs 3] [--form flat]

Reads so many ORDERS05 of 10 items each (35 segments, 38 kB flat), every document built and judged against the
description of its type (place, order, number of segments, parents, numbers).
Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))

from crossdock.codecs.contract import Part
from crossdock.codecs.idoc import IdocCodec
from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Dictionary
from crossdock.codecs.idoc.options import IdocOptions
from crossdock.message import Document

CHUNK = 64  # IDocs that are handed over at once


def _order(number: int) -> Document:
    items: list[Document] = [
        {
            "POSEX": f"{line:05}0",
            "MENGE": f"{line * 7}.000",
            "MENEE": "PCE",
            "VPREI": f"{line}.25",
            "NETWR": f"{line * 8}.75",
            "E1EDP20": [{"WMENG": f"{line * 7}.000", "EDATU": "20261204"}],
            "E1EDP19": [{"QUALF": "002", "IDTNR": f"SKU{line:05}", "KTEXT": "HEX BOLT M8X40"}],
        }
        for line in range(1, 11)
    ]
    control: Document = {"IDOCTYP": "ORDERS05", "MESTYP": "ORDERS", "DOCNUM": f"{number:016}", "MANDT": "100"}
    partners: Document = [
        {"PARVW": role, "PARTN": "17100001", "NAME1": "ACME", "ORT01": "Bremen"} for role in ("AG", "WE")
    ]
    dates: Document = [{"IDDAT": "012", "DATUM": "20261120"}]
    head: Document = {"CURCY": "EUR", "BELNR": f"45{number:08}"}
    tail: Document = [{"QUALF": "001", "BELNR": f"45{number:08}"}]
    return {
        "IDOC": {
            "EDI_DC40": control,
            "E1EDK01": head,
            "E1EDK03": dates,
            "E1EDKA1": partners,
            "E1EDK02": tail,
            "E1EDP01": items,
        }
    }


class Orders:
    """A payload of many IDocs, never in memory as a whole."""

    def __init__(self, codec: IdocCodec, orders: int) -> None:
        self._piece = b"".join(codec.write([_order(number) for number in range(CHUNK)]))
        self._times = max(1, orders // CHUNK)
        self.size = len(self._piece) * self._times
        if codec.options.form == "xml":
            self._piece = self._piece[len(b"<ORDERS05>") + self._piece.index(b"<ORDERS05>") :].removesuffix(
                b"</ORDERS05>\n"
            )

    def chunks(self) -> Iterator[bytes]:
        """The payload; XML inside one root."""
        xml = self._piece.startswith(b"<IDOC")
        if xml:
            yield b"<ORDERS05>"
        for _ in range(self._times):
            yield self._piece
        if xml:
            yield b"</ORDERS05>"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--form", choices=("flat", "xml"), default="flat")
    arguments = parser.parse_args()
    codec = IdocCodec(Dictionary(*shipped()), IdocOptions(form=arguments.form))
    payload = Orders(codec, arguments.orders)
    seconds = []
    for _ in range(arguments.runs):
        start = time.process_time()
        count = sum(isinstance(part, Part) for part in codec._parts(payload))  # noqa: SLF001 - one pass; read() judges first
        seconds.append(time.process_time() - start)
    median = statistics.median(seconds)
    result = {
        "form": arguments.form,
        "idocs": count,
        "MB": round(payload.size / 1e6, 1),
        "MB_per_second": round(payload.size / 1e6 / median, 1),
        "idocs_per_second": round(count / median),
        "peak_MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()

"""Purchase orders for trying and measuring: one X12 850 interchange of any size, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_ISA = (
    "ISA*00*          *00*          *ZZ*ACMEDIST       *ZZ*GLOBEX         *261120*0930*U*00401*{control:09d}*0*P*>~\n"
)


def interchange(orders: int, lines: int = 10, control: int = 1, first: int = 1) -> Iterator[bytes]:
    """An interchange of ``orders`` transactions of ``lines`` lines, about 1 KB each, piece by piece."""
    yield _ISA.format(control=control).encode()
    yield f"GS*PO*ACMEDIST*GLOBEX*20261120*0930*{control}*X*004010~\n".encode()
    for number in range(first, first + orders):
        yield transaction(number, number - first + 1, lines)
    yield f"GE*{orders}*{control}~\nIEA*1*{control:09d}~\n".encode()


def transaction(number: int, control: int, lines: int) -> bytes:
    """One 850: order ``PO`` and seven digits, of the pack's partner ``ACMEDIST``."""
    segments = [
        f"ST*850*{control:04d}",
        f"BEG*00*SA*PO{number:07d}**20261120",
        "CUR*BY*USD",
        "REF*DP*042",
        "DTM*002*20261201",
        "N1*BY*ACME INDUSTRIAL*92*ACMEDIST",
        f"N1*ST*DC {number % 40}*92*{number % 40:04d}",
        "N3*1 MAIN STREET",
        "N4*MEMPHIS*TN*38101*US",
    ]
    for line in range(1, lines + 1):
        sku = (number * 31 + line * 17) % 5000
        price = f"{(sku % 900) / 4 + 1:.2f}"
        segments.append(f"PO1*{line}*{line + number % 50}*EA*{price}**VP*SKU{sku:05d}*BP*B{sku:06d}")
        segments.append(f"PID*F****HEX BOLT M{sku % 20} X {sku % 90}")
    segments.append(f"CTT*{lines}")
    segments.append(f"SE*{len(segments) + 1}*{control:04d}")
    return ("~\n".join(segments) + "~\n").encode()


def write(path: Path, orders: int, *, control: int = 1, first: int = 1) -> int:
    """Write an interchange to a file, whole or not at all; its size in bytes."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.writelines(interchange(orders, control=control, first=first))
    temporary.rename(path)
    return path.stat().st_size

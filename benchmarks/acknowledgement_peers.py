"""The same faulty purchase orders, acknowledged by crossdock, pyx12 and mock-edi, to see where they differ.

    pip install pyx12 mock-edi
    python benchmarks/acknowledgement_peers.py tests/golden/acknowledgement_peers.json

pyx12 brings no table of the 850: it gets ours, as one of its maps (only the segments that the cases use), so that what
is compared is the judging. mock-edi judges by its own tables, in strict mode. Every answer of ours is also given to
both of them to read. The facts go to the file named; docs/evidence/edi-acknowledgements.md explains each difference,
and a test holds what crossdock answers today against the facts, and the facts against the page.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.edi.model import UNLIMITED, Element, Field, Node, Segment
from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.codecs.edifact.reading import Reading as EdifactReading
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.dictionary.library import find_set, segments_of
from crossdock.codecs.x12.reading import Reading
from crossdock.message import Inline

RELEASE = "004010"
MADE = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
USED = frozenset({"BEG", "CUR", "REF", "PER", "DTM", "N1", "N2", "N3", "N4", "PO1", "PID", "CTT"})

ISA = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'GLOBEX':15}*ZZ*{'ACMEDIST':15}*261121*0930*U*00401*000000001*1*P*>"
BODY = (
    "BEG*00*SA*PO1**20261120",
    "REF*DP*12",
    "N1*ST*DC 7*92*0007",
    "N3*1 MAIN ST",
    "N4*MEMPHIS*TN*38118",
    "PO1*1*10*EA*12.5**VP*SKU1",
    "PID*F****HEX BOLT",
    "CTT*1",
)

#: What is changed in the sound interchange: text to be found, text put in its place.
CASES: dict[str, tuple[tuple[str, str], ...]] = {
    "sound": (),
    "two transactions, one bad": (("@second", "*10*EA>*1O*EA"),),
    "mandatory element absent": (("BEG*00*SA*PO1**20261120", "BEG*00*SA***20261120"),),
    "element too long": (("PO1**20261120", f"{'P' * 30}**20261120"),),
    "element too short": (("*TN*38118", "*T*38118"),),
    "not a number": (("*10*EA", "*1O*EA"),),
    "not a date": (("**20261120", "**20261320"),),
    "code not in the list": (("BEG*00*", "BEG*ZQ*"),),
    "one element too many": (("N3*1 MAIN ST", "N3*1 MAIN ST*B*C"),),
    "paired element absent": (("*92*0007", "*92"),),
    "one of two needed, both absent": (("N1*ST*DC 7*92*0007", "N1*ST"),),
    "mandatory segment absent": (("BEG*00*SA*PO1**20261120~", ""),),
    "mandatory loop absent": (("PO1*1*10*EA*12.5**VP*SKU1~PID*F****HEX BOLT~", ""),),
    "unknown segment": (("N3*1 MAIN ST", "QQ9*1~N3*1 MAIN ST"),),
    "segment of another set": (("N3*1 MAIN ST", "W05*N*1~N3*1 MAIN ST"),),
    "segment too often": (("N3*1 MAIN ST", "N3*1~N3*2~N3*3"),),
    "segment out of sequence": (("CTT*1", "CTT*1~REF*DP*13"),),
    "segment count wrong": (("@se", "8"),),
    "control number differs": (("SE*@n*0001", "SE*@n*0002"),),
    "transaction trailer absent": (("SE*@n*0001~", ""),),
    "group count wrong": (("GE*1*1", "GE*5*1"),),
    "group control number differs": (("GE*1*1", "GE*1*9"),),
    "group trailer absent": (("GE*1*1~", ""),),
    "interchange trailer absent": (("IEA*1*000000001~", ""),),
    "interchange count wrong": (("IEA*1*", "IEA*4*"),),
    "interchange control number differs": (("IEA*1*000000001", "IEA*1*000000009"),),
    "two faults in one segment": (("PO1*1*10*EA*12.5", "PO1*1*1O*EA*12,5"),),
    "faults in two segments": (("*10*EA", "*1O*EA"), ("*TN*38118", "*TENN*38118")),
}

CONTRL_LINES = (
    "UNB+UNOC:3+5412345000013:14+4012345000009:14+261121:0930+REF1",
    "UNH+1+ORDERS:D:96A:UN:EAN008",
    "BGM+220+PO1+9",
    "DTM+137:20261120:102",
    "NAD+BY+5412345000013::9",
    "NAD+SU+4012345000009::9",
    "LIN+1++4012345000016:EN",
    "QTY+21:10",
    "UNS+S",
    "CNT+2:1",
    "UNT+@n+1",
    "UNZ+1+REF1",
)
CONTRL_CASES: dict[str, tuple[tuple[str, str], ...]] = {
    "sound": (),
    "mandatory segment absent": (("BGM+220+PO1+9'", ""),),
    "mandatory element absent": (("NAD+BY+", "NAD++"),),
    "element too long": (("BGM+220+PO1", f"BGM+220+{'P' * 40}"),),
    "not a number": (("QTY+21:10", "QTY+21:1O"),),
    "not a date": (("20261120:102", "20261320:102"),),
    "too many elements": (("UNS+S", "UNS+S+X"),),
    "too many components": (("QTY+21:10", "QTY+21:10:PCE:4"),),
    "unknown segment": (("UNS+S", "QQQ+1'UNS+S"),),
    "message count wrong": (("UNT+@n+1", "UNT+99+1"),),
    "message reference differs": (("UNT+@n+1", "UNT+@n+2"),),
    "interchange count wrong": (("UNZ+1+REF1", "UNZ+4+REF1"),),
    "interchange reference differs": (("UNZ+1+REF1", "UNZ+1+REF2"),),
    "interchange trailer absent": (("UNZ+1+REF1'", ""),),
}


def interchange(changes: Sequence[tuple[str, str]]) -> str:
    """One 850, or two, with the changes of a case."""
    body = list(BODY)
    second = [new for old, new in changes if old == "@second"]
    lines = ["ST*850*0001", *body, "SE*@n*0001"]
    text = (
        "~".join([ISA, f"GS*PO*GLOBEX*ACMEDIST*20261121*0930*1*X*{RELEASE}", *lines, "GE*1*1", "IEA*1*000000001"]) + "~"
    )
    for old, new in changes:
        if not old.startswith("@"):
            assert old in text, old  # noqa: S101 - a mistake in the cases above
            text = text.replace(old, new)
    counted = (
        text[text.index("~ST*") : text.index("~GE")] if "~GE" in text else text[text.index("~ST*") : text.index("~IEA")]
    )
    wrong = dict(changes).get("@se")
    text = text.replace("@n", wrong or str(counted.count("~")))
    if second:
        old, new = second[0].split(">")
        again = "~".join(["ST*850*0002", *(line.replace(old, new) for line in body), f"SE*{len(body) + 2}*0002"])
        text = text.replace("~GE*1*", f"~{again}~GE*2*")
    return text


def said(lines: Sequence[str]) -> dict[str, list[str]]:
    """What an answer says, in one spelling: TA1, AK3 with its AK4s, AK5 and AK9."""
    found: dict[str, list[str]] = {"TA1": [], "AK3": [], "AK5": [], "AK9": []}
    for line in lines:
        elements = re.split(r"\*", line.strip())
        tag = elements[0]
        if tag == "TA1":
            found["TA1"].append(" ".join(elements[4:6]))
        elif tag == "AK3":
            found["AK3"].append(f"{elements[1]} {elements[2]}: {elements[4]}")
        elif tag == "AK4":
            found["AK3"].append(f"{elements[1].split('>')[0].split(':')[0]}: {elements[3]}")
        elif tag in ("AK5", "AK9"):
            found[tag].append(" ".join(filter(None, elements[1:])))
    return found


def by_crossdock(text: str, receipt: Receipt = Receipt.ASKED) -> str:
    """Our answer."""
    reading = Reading(Inline(text.encode()))
    for _ in reading:
        continue
    answers = acknowledge(reading.accounts[0], Terms(functional="997", receipt=receipt), MADE)
    return b"".join(X12Codec().write(answers)).decode()


def contrl_by_crossdock(text: str) -> str:
    """Our CONTRL."""
    reading = EdifactReading(Inline(text.encode()))
    for _ in reading:
        continue
    answers = acknowledge(reading.accounts[0], Terms(functional="CONTRL"), MADE)
    return b"".join(EdifactCodec().write(answers)).decode()


def contrl_by_mock_edi(text: str) -> list[str]:
    """The CONTRL of mock-edi in strict mode."""
    from mockedi import ack, edifact, validate  # noqa: PLC0415 - optional

    parsed = edifact.parse(text)
    report = validate.validate(parsed, strict=True)
    segments = ack.syntax_report(parsed, report, report.messages)
    return [
        "+".join([one.tag, *(":".join(each).rstrip(":") if isinstance(each, list) else each for each in one.elements)])
        for one in segments
    ]


def by_mock_edi(text: str) -> list[str]:
    """The answer of mock-edi in strict mode."""
    from mockedi import ack, validate, x12  # noqa: PLC0415 - optional

    parsed = x12.parse(text)
    report = validate.validate(parsed, strict=True)
    segments = [ack.interchange_acknowledgment(parsed, report)]
    counts = ack.trailer_counts(parsed)
    if not report.interchange_rejected:
        for functional, control, version, messages in ack.group_reports(parsed, report):
            errors = report.group_errors.get((functional, control), ())
            included = counts.get((functional, control), "")
            segments += ack.functional_acknowledgment(functional, control, version, messages, errors, included=included)
    return ["*".join([one.tag, *map(str, one.elements)]) for one in segments]


def mock_edi_reads(written: str, parse: Callable[[str], Any]) -> list[str]:
    """What mock-edi finds wrong with an answer of ours."""
    from mockedi import validate  # noqa: PLC0415 - optional

    report = validate.validate(parse(written), strict=True)
    messages = [f"{item.code}: {one.tag} {one.code}" for item in report.messages for one in item.segments]
    return [*messages, *(str(one) for item in report.messages for one in item.set_errors)]


def _map_element(name: str, spec: Field, position: int) -> str:
    usage = "R" if spec.required else "S"
    codes = "".join(f"<code>{code}</code>" for code in sorted(spec.element.codes or ()))
    valid = f"<valid_codes>{codes}</valid_codes>" if codes else ""
    number = spec.element.number
    if spec.parts:
        parts = "".join(_map_element(f"{name}-{n:02}", part, n) for n, part in enumerate(spec.parts, start=1))
        return (
            f"<composite><data_ele>{number}</data_ele><name>x</name><usage>{usage}</usage>"
            f"<seq>{position:02}</seq>{parts}</composite>"
        )
    return (
        f'<element xid="{name}"><data_ele>{number}</data_ele><name>x</name><usage>{usage}</usage>'
        f"<seq>{position:02}</seq>{valid}</element>"
    )


def _map_segment(segment: Segment, maximum: int, position: int, *, required: bool) -> str:
    notes = "".join(
        f"<syntax>{note.kind}{''.join(f'{n:02}' for n in note.positions)}</syntax>" for note in segment.notes
    )
    fields = "".join(_map_element(f"{segment.tag}{n:02}", spec, n) for n, spec in enumerate(segment.fields, start=1))
    most = "&gt;1" if maximum >= UNLIMITED else str(maximum)
    usage = "R" if required else "S"
    return (
        f'<segment xid="{segment.tag}"><name>x</name><usage>{usage}</usage><pos>{position:03}</pos>'
        f"<max_use>{most}</max_use>{notes}{fields}</segment>"
    )


def _map_nodes(nodes: Sequence[Node]) -> Iterator[str]:
    for position, node in enumerate((one for one in nodes if one.tag in USED), start=1):
        place = position * 10
        if not node.children:
            yield _map_segment(node.segment, node.maximum, place, required=node.required)
            continue
        most = "&gt;1" if node.maximum >= UNLIMITED else str(node.maximum)
        opening = _map_segment(node.segment, 1, 5, required=True)
        inner = "".join(_map_nodes(node.children))
        yield (
            f'<loop xid="{node.name}" type="explicit"><name>x</name><usage>{"R" if node.required else "S"}</usage>'
            f"<pos>{place:03}</pos><repeat>{most}</repeat>{opening}{inner}</loop>"
        )


def _pyx12_maps(folder: Path) -> None:
    """pyx12's own maps, and ours of the 850 beside them."""
    import pyx12  # noqa: PLC0415 - optional

    source = Path(pyx12.__file__).parent / "map"
    for path in source.glob("*.x*"):
        shutil.copy(path, folder)
    outline = (source / "997.4010.xml").read_text()
    head = (
        outline[: outline.index('<loop xid="HEADER"')]
        .replace("997", "850")
        .replace("<code>FA</code>", "<code>PO</code>")
    )
    tail = outline[outline.rindex('<segment xid="SE">') :]
    definition = find_set("850", RELEASE)
    assert definition is not None  # noqa: S101 - the dictionary has it
    inside = (
        '<loop xid="HEADER" type="wrapper"><name>x</name><usage>R</usage><pos>010</pos><repeat>1</repeat>'
        + "".join(_map_nodes(definition.nodes))
        + "</loop>"
    )
    (folder / "850.xml").write_text(head + inside + tail)
    _widen(folder / "997.4010.xml")
    maps = (folder / "maps.xml").read_text()
    entry = f'<version icvn="00401"><map vriic="{RELEASE}" fic="PO" abbr="850">850.xml</map>'
    (folder / "maps.xml").write_text(maps.replace('<version icvn="00401">', entry, 1))
    elements = (folder / "dataele.xml").read_text()
    known = set(re.findall(r'ele_num="([^"]+)"', elements))
    added = "".join(_map_data_element(one) for one in _elements() if one.number not in known)
    (folder / "dataele.xml").write_text(elements.replace("</data_elements>", f"{added}</data_elements>"))


def _widen(path: Path) -> None:
    """pyx12's map of the 997 is that of health care: its codes do not have purchase orders."""
    text = path.read_text()
    for element, code in (("AK101", "PO"), ("AK201", "850")):
        start = text.index(f'<element xid="{element}">')
        at = text.index("<valid_codes>", start) + len("<valid_codes>")
        text = f"{text[:at]}<code>{code}</code>{text[at:]}"
    path.write_text(text)


def _elements() -> list[Element]:
    fields = [spec for tag in USED for spec in segments_of(RELEASE)[tag].fields]
    flat = [one for spec in fields for one in (spec, *spec.parts)]
    return list({one.element.number: one.element for one in flat}.values())


def _map_data_element(element: Element) -> str:
    name = escape(element.name)
    return (
        f'<data_ele ele_num="{element.number}" data_type="{element.kind}" min_len="{element.low}" '
        f'max_len="{element.high}" name="{name}"/>'
    )


def _pyx12_run(text: str, maps: Path) -> tuple[bool, str]:
    import pyx12.params  # noqa: PLC0415 - optional
    import pyx12.x12n_document  # noqa: PLC0415 - optional

    source = maps / "in.edi"
    source.write_text(text)
    answer = io.StringIO()
    param = pyx12.params.ParamsBase()
    valid = pyx12.x12n_document.x12n_document(param, str(source), answer, None, map_path=str(maps))
    return valid, answer.getvalue()


def contrl_said(lines: Sequence[str]) -> dict[str, list[str]]:
    """What a CONTRL says: the action on the interchange, of messages that are rejected code and faults."""
    found: dict[str, list[str]] = {"UCI": [], "UCM": [], "UCS": []}
    for line in lines:
        elements = line.strip().split("+")
        match elements[0]:
            case "UCI":
                found["UCI"].append(" ".join(filter(None, elements[4:])))
            case "UCM":
                found["UCM"].append(" ".join(filter(None, elements[3:])))
            case "UCS" | "UCD":
                found["UCS"].append(" ".join(filter(None, elements)))
    return found


def contrl_interchange(changes: Sequence[tuple[str, str]]) -> str:
    """One ORDERS with the changes of a case."""
    text = "'".join((*CONTRL_LINES, ""))
    for old, new in changes:
        assert old in text, old  # noqa: S101 - a mistake in the cases above
        text = text.replace(old, new)
    count = text.partition("UNZ")[0].count("'") - 1
    return text.replace("@n", str(count))


def x12_case(changes: Sequence[tuple[str, str]], maps: Path) -> dict[str, object]:
    """One case by all three."""
    from mockedi import x12  # noqa: PLC0415 - optional

    text = interchange(changes)
    return {
        "in": text,
        "crossdock": said(by_crossdock(text).split("~")),
        "pyx12": peer(lambda: said(re.split(r"~\s*", _pyx12_run(text, maps)[1]))),
        "mock-edi": peer(lambda: said(by_mock_edi(text))),
        "pyx12 reads ours": _pyx12_run(by_crossdock(text, Receipt.NEVER), maps)[0],
        "mock-edi finds in ours": mock_edi_reads(by_crossdock(text), x12.parse),
    }


def contrl_case(changes: Sequence[tuple[str, str]]) -> dict[str, object]:
    """One case of EDIFACT, which pyx12 does not read."""
    from mockedi import edifact  # noqa: PLC0415 - optional

    text = contrl_interchange(changes)
    ours = contrl_by_crossdock(text)
    return {
        "in": text,
        "crossdock": contrl_said(ours.split("'")),
        "mock-edi": peer(lambda: contrl_said(contrl_by_mock_edi(text))),
        "mock-edi finds in ours": mock_edi_reads(ours, edifact.parse),
    }


def peer(run: Callable[[], dict[str, list[str]]]) -> dict[str, list[str]] | str:
    """What a peer says, or how it failed."""
    try:
        return run()
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is what is to be recorded
        return f"{type(error).__name__}: {error}"[:100]


def main() -> None:
    """Every case by all of them."""
    with tempfile.TemporaryDirectory() as folder:
        _pyx12_maps(Path(folder))
        facts = {
            "versions": {name: metadata.version(name) for name in ("pyx12", "mock-edi")},
            "X12": {name: x12_case(changes, Path(folder)) for name, changes in CASES.items()},
            "EDIFACT": {name: contrl_case(changes) for name, changes in CONTRL_CASES.items()},
        }
    Path(sys.argv[1]).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()

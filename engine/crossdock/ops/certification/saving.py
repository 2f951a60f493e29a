"""What a partner has shown becomes regression cases: samples, what they must become, and a route that tests it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crossdock.document_json import encode
from crossdock.errors import ConfigError, Finding
from crossdock.message import Document
from crossdock.ops.certification.report import Certificate, ExaminedFile
from crossdock.partner.agreement import Receives
from crossdock.partner.choosing import Partner, best
from crossdock.partner.ids import X12, standard_of
from crossdock.route.partners.known import Partners
from crossdock.yaml_source import load

MARK = "Written by 'crossdock partner certify --save'."


@dataclass(frozen=True, slots=True)
class _Case:
    given: str
    expect: str


def save(root: Path, partners: Partners, partner: Partner, report: Certificate) -> list[Path]:
    """Write samples and cases of every file that is accepted; the paths written. Raises ``ConfigError``."""
    written: list[Path] = []
    cases: dict[str, list[_Case]] = {}
    for file in report.files:
        if file.accepted:
            sample = _write(root, f"samples/{partner.name}/{_named(file.name)}", file.data)
            written.append(sample)
            for number, documents in _documents(file).items():
                target = sample.with_name(f"{sample.name}.{number.lower()}.json")
                target.write_bytes(_json(documents))
                written.append(target)
                shown = [one.relative_to(root).as_posix() for one in (sample, target)]
                cases.setdefault(number, []).append(_Case(*shown))
    for number, found in cases.items():
        written.append(_route(root, partners, partner, number, found))
    return written


def _named(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "sample"


def _write(root: Path, path: str, data: bytes) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def _documents(file: ExaminedFile) -> dict[str, list[Document]]:
    """What was published of each set."""
    found: dict[str, list[Document]] = {}
    for one in file.documents:
        if one.shape:
            found.setdefault(one.number, []).append(one.document)
    return found


def _json(documents: list[Document]) -> bytes:
    whole = documents[0] if len(documents) == 1 else documents
    return msgspec.json.format(encode(whole), indent=2) + b"\n"


def _route(root: Path, partners: Partners, partner: Partner, number: str, cases: list[_Case]) -> Path:
    path = root / "routes" / f"certified-{partner.name}-{number.lower()}.yaml"
    known = {one.given: one for one in (*_before(path), *cases)}
    agreed = best([one for name, one, _ in partner.profile.received() if name == number], "")
    agreement = agreed or next(one for name, one, _ in partner.profile.received() if name == number)
    judge = partners.handling(agreement).contract
    contract = judge.name if judge is not None else None
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(_lines(partner, number, agreement, contract, known)) + "\n", encoding="utf-8")
    return path


def _before(path: Path) -> Iterator[_Case]:
    """The cases that the file has already. Raises ``ConfigError`` where it is somebody else's."""
    if not path.exists():
        return
    value = load(path.read_bytes(), path.name).value
    root = value if isinstance(value, dict) else {}
    if MARK not in str(root.get("about", "")):
        message = f"routes/{path.name} exists, and is not of certification"
        raise ConfigError.of([Finding(code="P309", message=message, hint="rename it")])
    listed = root.get("cases")
    for one in listed if isinstance(listed, list) else []:
        expect = one.get("expect") if isinstance(one, dict) else None
        if isinstance(one, dict) and isinstance(expect, dict):
            yield _Case(str(one.get("given")), str(next(iter(expect.values()), "")))


def _lines(
    partner: Partner, number: str, agreement: Receives, contract: str | None, cases: Mapping[str, _Case]
) -> Iterator[str]:
    codec = "x12" if standard_of(number) == X12 else "edifact"
    yield f"about: {json.dumps(f'Samples of {number} that {partner.profile.name} has shown. {MARK}')}"
    yield "enabled: false"
    yield f"from: {{file: {{path: {json.dumps(f'samples/{partner.name}')}, match: {json.dumps('*.certified')}}}}}"
    yield "steps:"
    yield f"  - decode: {codec}"
    yield "  - split: transactions"
    yield f"""  - filter: "_set == '{number}'\""""
    partner_name = f"'{partner.name}'"
    yield f"  - set: {{partner: {json.dumps(partner_name)}}}"
    if agreement.map is not None:
        yield f"  - map: {json.dumps(agreement.map.written()) if agreement.map.given else agreement.map.mapping}"
    if contract is not None:
        yield f"  - validate: {contract}"
    yield "to:"
    yield f"  - topic: {agreement.topic}"
    yield "cases:"
    for one in cases.values():
        yield f"  - given: {json.dumps(one.given)}"
        yield f"    expect: {{{agreement.topic}: {json.dumps(one.expect)}}}"

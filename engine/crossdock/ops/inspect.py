"""What a payload holds and what is wrong with it: format, envelope facts, each part with its verdict and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind, Codec, Part, Resources
from crossdock.codecs.edi.local import Local
from crossdock.codecs.edi.summary import records
from crossdock.codecs.idoc.model import Described
from crossdock.errors import ConfigError, Finding, Reject, errors_in
from crossdock.message import CHUNK, Payload
from crossdock.ops.edi_standards import STANDARDS, Judging, likeliest, standard_of
from crossdock.registry import Registry
from crossdock.route.dictionaries import FOLDER as EDI
from crossdock.route.dictionaries import gathered, read_local
from crossdock.route.files import Folder
from crossdock.route.idocs import FOLDER as IDOC
from crossdock.route.idocs import read_described
from crossdock.route.partition import Opening
from crossdock.route.resources import LAYOUTS, Layouts
from crossdock.yaml_source import suggest


@dataclass(slots=True)
class Inspection:
    """The account of one payload; ``findings`` about it as a whole are gathered while ``parts`` is being read.

    ``whole``: it is one document, as for a route that does not split.
    """

    format: str
    codec: Codec
    findings: list[Finding] = field(default_factory=list)
    whole: bool = False

    def parts(self, payload: Payload) -> Iterator[Part]:
        """The parts, one after the other."""
        try:
            for one in [self.codec.whole(payload)] if self.whole else self.codec.read(payload):
                if isinstance(one, Finding):
                    self.findings.append(one)
                else:
                    yield one
        except Reject as error:
            self._refused(error)

    def report(self, payload: Payload) -> dict[str, list[dict[str, object]]]:
        """Everything as plain data: interchanges and transactions with their verdicts, or documents; findings."""
        found: dict[str, list[dict[str, object]]] = {"interchanges": [], "transactions": [], "findings": []}
        standard = STANDARDS.get(self.format)
        if standard is None or not isinstance(self.codec, Judging):
            found = {"documents": [_part_dict(part) for part in self.parts(payload)]}
        else:
            try:
                for kind, facts in records(self.codec.judge(payload), standard.names):
                    found[f"{kind}s"].append(facts)
            except Reject as error:
                self._refused(error)
        return {**found, "findings": [*found.get("findings", []), *(one.as_dict() for one in self.findings)]}

    def _refused(self, error: Reject) -> None:
        self.findings += error.findings or [Finding(code=error.code, message=error.message, hint=error.hint)]


def pictures(payload: Payload) -> list[str]:
    """What is wrong with a payload of EDI, as a person reads it; nothing for other formats."""
    standard = likeliest(next(iter(payload.chunks()), b""))
    if standard is None:
        return []
    return [picture for part in standard.reading(payload) if isinstance(part, Part) and (picture := view(part))]


def rejected(report: dict[str, list[dict[str, object]]]) -> bool:
    """Whether a report has anything that is refused."""
    parts = [*report.get("transactions", []), *report.get("documents", [])]
    wrong = any(part["verdict"] == "rejected" for part in parts)
    return wrong or any(finding["severity"] == "error" for finding in report["findings"])


def view(part: Part) -> str | None:
    """A rejected transaction as a person reads it, with a caret under each mistake; None for other formats."""
    standard = standard_of(part)
    return standard.view(part) if standard and part.findings else None


def inspect(
    payload: Payload, codecs: Registry[AnyCodecKind], resources: Resources, name: str | None, option: str | None
) -> Inspection:
    """Open a payload with codec ``name``, or with the one its first bytes look like.

    ``option`` is the codec's shorthand option (the layout of ``fixed``). Raises ``ConfigError``.
    """
    kind = _named(codecs, name) if name else _recognised(codecs, payload)
    given: Mapping[str, object] = {kind.shorthand: option} if kind.shorthand and option else {}
    return Inspection(kind.name, kind.open(kind.options.model_validate(given), resources))


def inspect_as(opening: Opening) -> Inspection:
    """Read payloads as a route does. Raises ``ConfigError`` where that is of no use to a person."""
    if opening.codec is None or opening.format is None:
        message = f"route '{opening.route}' has no 'decode' that says how to read a file"
        raise ConfigError.of([Finding(code="G104", message=message, hint="name a codec with --as")])
    return Inspection(opening.format, opening.codec, whole=not opening.streamed)


def layouts(root: Path) -> Layouts:
    """The layouts of the project in ``root``; none where it is no project."""
    folder = Folder(root, [])
    local = gathered(_local(folder), folder.findings.append)
    idocs = tuple(_idocs(folder))
    return Layouts(folder.authored(folder.named(LAYOUTS, ".yaml", ".yml")), local=local, idocs=idocs)


def _local(folder: Folder) -> Iterator[list[Local]]:
    """What the project says of EDI standards; files with mistakes are for ``check`` to tell."""
    for file in folder.named(EDI, ".txt").values():
        with suppress(ConfigError):
            yield read_local(file)


def _idocs(folder: Folder) -> Iterator[Described]:
    """What it says of IDocs."""
    for file in folder.named(IDOC, ".txt").values():
        with suppress(ConfigError):
            yield read_described(file)


def _named(codecs: Registry[AnyCodecKind], name: str) -> AnyCodecKind:
    kind = codecs.get(name)
    if kind is None:
        message, hint = f"there is no codec '{name}'", suggest(name, codecs.names())
        raise ConfigError.of([Finding(code="G104", message=message, hint=hint)])
    return kind


def _recognised(codecs: Registry[AnyCodecKind], payload: Payload) -> AnyCodecKind:
    head = next(iter(payload.chunks()), b"")[:CHUNK]
    score, kind = max(((kind.sniff(head), kind) for _, kind in codecs.all()), key=lambda pair: pair[0])
    if score <= 0:
        message = "the payload looks like none of the known formats"
        raise ConfigError.of([Finding(code="G105", message=message, hint="name one with --as")])
    return kind


def _part_dict(part: Part) -> dict[str, object]:
    verdict = "rejected" if errors_in(part.findings) else "accepted"
    findings = [finding.as_dict() for finding in part.findings]
    return {"position": part.position, "verdict": verdict, "findings": findings, "document": part.document}

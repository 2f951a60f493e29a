"""What a payload holds and what is wrong with it: format, envelope facts, each part with its verdict and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind, Codec, Part, Resources
from crossdock.errors import ConfigError, Finding, Reject, errors_in
from crossdock.message import CHUNK, Payload
from crossdock.registry import Registry
from crossdock.route.files import Folder
from crossdock.route.resources import LAYOUTS, Layouts
from crossdock.yaml_source import suggest

ENVELOPED = frozenset({"x12"})  # formats whose parts are transactions in interchanges, with verdicts of their own


@dataclass(slots=True)
class Inspection:
    """The account of one payload; filled while ``parts`` is being read."""

    format: str
    codec: Codec
    findings: list[Finding] = field(default_factory=list)
    interchanges: dict[str, dict[str, object]] = field(default_factory=dict)

    def parts(self, payload: Payload) -> Iterator[Part]:
        """The parts, one after the other; findings about the payload as a whole are gathered beside."""
        try:
            for one in self.codec.read(payload):
                if isinstance(one, Finding):
                    self.findings.append(one)
                else:
                    self._count(one)
                    yield one
        except Reject as error:
            self.findings += error.findings or [Finding(code=error.code, message=error.message, hint=error.hint)]

    def _count(self, part: Part) -> None:
        control = part.headers.get("x12.isa")
        if control is None:
            return
        facts = {name.removeprefix("x12."): value for name, value in part.headers.items() if name in _INTERCHANGE}
        account = self.interchanges.setdefault(control, {**facts, "transactions": 0, "rejected": 0})
        account["transactions"] = int(str(account["transactions"])) + 1
        account["rejected"] = int(str(account["rejected"])) + bool(errors_in(part.findings))


_INTERCHANGE = frozenset({"x12.isa", "x12.sender", "x12.receiver", "x12.usage", "x12.version"})


def inspect(
    payload: Payload, codecs: Registry[AnyCodecKind], resources: Resources, name: str | None, option: str | None
) -> Inspection:
    """Open a payload with codec ``name``, or with the one its first bytes look like.

    ``option`` is the codec's shorthand option (the layout of ``fixed``). Raises ``ConfigError``.
    """
    kind = _named(codecs, name) if name else _recognised(codecs, payload)
    given: Mapping[str, object] = {kind.shorthand: option} if kind.shorthand and option else {}
    return Inspection(kind.name, kind.open(kind.options.model_validate(given), resources))


def layouts(root: Path) -> Layouts:
    """The layouts of the project in ``root``; none where it is no project."""
    folder = Folder(root, [])
    return Layouts(folder.authored(folder.named(LAYOUTS, ".yaml", ".yml")))


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


def part_dict(part: Part, enveloped: bool) -> dict[str, object]:
    """A part as plain data: a transaction with its verdict, or a document."""
    verdict = "rejected" if errors_in(part.findings) else "accepted"
    facts: dict[str, object] = {"position": part.position}
    if enveloped:
        headers = part.headers
        facts |= {
            "set": headers.get("x12.set"),
            "version": headers.get("x12.version"),
            "control": headers.get("x12.st"),
            "interchange": headers.get("x12.isa"),
        }
    findings = [finding.as_dict() for finding in part.findings]
    return {**facts, "verdict": verdict, "findings": findings, "document": part.document}



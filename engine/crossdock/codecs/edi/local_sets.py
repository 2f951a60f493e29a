"""Sets of a project: their places checked word by word, or a set of the standard with places added and changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from crossdock.codecs.edi.local_source import Complaints, Line, SetDraft, Word
from crossdock.codecs.edi.model import UNLIMITED, Node, Segment, TransactionSet
from crossdock.codecs.edi.notation import read_set
from crossdock.yaml_source import suggest

_TOKEN = re.compile(r"[{};]|[^{};\s][^{};]*")
_PLACE = re.compile(r"(\w+)(?:=(\w+))?(?:\s+M)?(?:\s+(?:\d{1,9}|\*))?\s*")
_ADD = re.compile(r"\s*add\s+(?P<places>.+?)\s+(?P<where>after|before|into)\s+(?P<path>\S+)\s*;?\s*")
_CHANGE = re.compile(r"\s*change\s+(?P<path>\S+)(?P<required>\s+[MO])?(?:\s+(?P<maximum>\d{1,9}|\*))?\s*;?\s*")
_DROP = re.compile(r"\s*drop\s+(?P<path>\S+)\s*;?\s*")
_PLACE_HINT = "such as REF, BEG M, N1 M 200 or REF=REF_end *"


@dataclass(frozen=True, slots=True)
class Ground:
    """What sets of a version are made of."""

    standard: str
    release: str
    segments: Mapping[str, Segment]
    complaints: Complaints

    def complain(self, code: str, message: str, word: Word, hint: str | None = None) -> None:
        """Keeps a finding."""
        self.complaints.add(code, message, word, hint)


def whole_set(draft: SetDraft, ground: Ground) -> TransactionSet | None:
    """A set that is written out; None where something is wrong with it."""
    checks = [line for line in draft.lines if line.text.lstrip().startswith("check ")]
    places = [line for line in draft.lines if line not in checks]
    before = len(ground.complaints.findings)
    _check_places(places, ground)
    if not places:
        ground.complain("D120", f"set {draft.number} has no places", draft.head, _PLACE_HINT)
    if len(ground.complaints.findings) > before:
        return None
    return _read(draft.head, draft.number, draft.group, [*places, *checks], ground)


def _read(head: Word, number: str, group: str, lines: Sequence[Line], ground: Ground) -> TransactionSet | None:
    checks = [line for line in lines if line.text.lstrip().startswith("check ")]
    good = [_check_is_good(line, ground) for line in checks]
    if not all(good):
        return None
    body = "\n".join(line.text.strip() for line in lines)
    found = read_set(f"{number} {ground.release} {group}\n{body}", ground.segments, ground.standard)
    _check_names(found.nodes, head, ground)
    return found


def _check_is_good(line: Line, ground: Ground) -> bool:
    try:
        read_set(f"0 {ground.release}\n{line.text.strip()}", ground.segments, ground.standard)
    except ValueError:
        ground.complain("D121", "this is no check", line.words[0], "such as: check CTT01 == count(PO1);")
        return False
    return True


def _check_names(nodes: Sequence[Node], head: Word, ground: Ground) -> None:
    names = [node.name for node in nodes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        hint = f"name the second, such as {name}={name}_end"
        ground.complain("D122", f"'{name}' stands twice at one level", head, hint)
    for node in nodes:
        _check_names(node.children, head, ground)


def _check_places(lines: Sequence[Line], ground: Ground) -> None:
    open_braces: list[Word] = []
    last = ";"
    for line in lines:
        for found in _TOKEN.finditer(line.text):
            word = Word(found[0].strip(), line.number, found.start() + 1)
            if word.text in "{}":
                _brace(word, last, open_braces, ground)
            elif word.text != ";":
                _check_place(word, ground)
            last = word.text
    for word in open_braces:
        ground.complain("D123", "this brace is never closed", word)


def _brace(word: Word, last: str, open_braces: list[Word], ground: Ground) -> None:
    if word.text == "{":
        open_braces.append(word)
        if last in "{};":
            ground.complain("D123", "a loop needs the segment that opens it", word, "N1 200 { N3; N4 }")
    elif open_braces:
        open_braces.pop()
    else:
        ground.complain("D123", "this brace closes nothing", word)


def _check_place(word: Word, ground: Ground) -> None:
    match = _PLACE.fullmatch(word.text)
    if match is None:
        ground.complain("D124", f"'{word.text}' is no place", word, _PLACE_HINT)
    elif match[1] not in ground.segments:
        message = f"there is no segment '{match[1]}' in {ground.standard} {ground.release}"
        ground.complain("D125", message, word, suggest(match[1], ground.segments))


def changed_set(draft: SetDraft, base: TransactionSet, ground: Ground) -> TransactionSet | None:
    """A set of the standard with what the lines add, change and drop; None where something is wrong with one."""
    before = len(ground.complaints.findings)
    nodes = base.nodes
    checks: list[Line] = []
    for line in draft.lines:
        if line.text.lstrip().startswith("check "):
            checks.append(line)
        else:
            nodes = _edited(nodes, line, ground)
    _check_names(nodes, draft.head, ground)
    more = _read(draft.head, draft.number, base.group, checks, ground) if checks else None
    if len(ground.complaints.findings) > before:
        return None
    tags = frozenset(below.tag for node in nodes for below in node.walk())
    found = replace(base, release=ground.release, nodes=nodes, tags=tags)
    if more is not None:
        found = replace(found, checks=(*base.checks, *more.checks), balances=(*base.balances, *more.balances))
    return found


def _edited(nodes: tuple[Node, ...], line: Line, ground: Ground) -> tuple[Node, ...]:
    for pattern, edit in _EDITS:
        match = pattern.fullmatch(line.text)
        if match is not None:
            return edit(nodes, match, line, ground)
    hint = "add ZA1 2 after BEG, change PO1.REF M 12, drop PO1.SAC"
    ground.complain("D126", "this changes nothing", line.words[0], hint)
    return nodes


def _add(nodes: tuple[Node, ...], match: re.Match[str], line: Line, ground: Ground) -> tuple[Node, ...]:
    indent = " " * match.start("places")
    places = Line(line.number, indent + match["places"])
    before = len(ground.complaints.findings)
    _check_places([places], ground)
    if len(ground.complaints.findings) > before:
        return nodes
    made = _read(line.words[0], "0", "", [Line(line.number, f"{places.text};")], ground)
    added = made.nodes if made else ()

    def change(siblings: tuple[Node, ...], at: int) -> tuple[Node, ...]:
        if match["where"] == "into":
            inner = replace(siblings[at], children=(*siblings[at].children, *added))
            return (*siblings[:at], inner, *siblings[at + 1 :])
        cut = at + (match["where"] == "after")
        return (*siblings[:cut], *added, *siblings[cut:])

    return _at(nodes, match, line, ground, change)


def _change(nodes: tuple[Node, ...], match: re.Match[str], line: Line, ground: Ground) -> tuple[Node, ...]:
    def change(siblings: tuple[Node, ...], at: int) -> tuple[Node, ...]:
        node = siblings[at]
        if match["required"]:
            node = replace(node, required=match["required"].strip() == "M")
        if match["maximum"]:
            node = replace(node, maximum=UNLIMITED if match["maximum"] == "*" else int(match["maximum"]))
        return (*siblings[:at], node, *siblings[at + 1 :])

    return _at(nodes, match, line, ground, change)


def _drop(nodes: tuple[Node, ...], match: re.Match[str], line: Line, ground: Ground) -> tuple[Node, ...]:
    return _at(nodes, match, line, ground, lambda siblings, at: (*siblings[:at], *siblings[at + 1 :]))


def _at(
    nodes: tuple[Node, ...],
    match: re.Match[str],
    line: Line,
    ground: Ground,
    change: Callable[[tuple[Node, ...], int], tuple[Node, ...]],
) -> tuple[Node, ...]:
    """The nodes with ``change(siblings, position)`` where the path leads."""
    word = Word(match["path"], line.number, match.start("path") + 1)

    def below(siblings: tuple[Node, ...], names: Sequence[str]) -> tuple[Node, ...]:
        at = next((n for n, node in enumerate(siblings) if node.name == names[0]), None)
        if at is None:
            hint = suggest(names[0], [node.name for node in siblings])
            ground.complain("D127", f"'{word.text}' leads nowhere: there is no '{names[0]}'", word, hint)
            return siblings
        if len(names) == 1:
            return change(siblings, at)
        inner = replace(siblings[at], children=below(siblings[at].children, names[1:]))
        return (*siblings[:at], inner, *siblings[at + 1 :])

    return below(nodes, word.text.split("."))


_EDITS: Sequence[tuple[re.Pattern[str], Callable[..., tuple[Node, ...]]]] = (
    (_ADD, _add),
    (_CHANGE, _change),
    (_DROP, _drop),
)

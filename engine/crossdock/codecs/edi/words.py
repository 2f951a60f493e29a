"""The facts of a dictionary in words: what is mandatory, how often, which elements need each other, what adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossdock.codecs.edi.model import (
    UNLIMITED,
    Balance,
    Check,
    Demand,
    Element,
    Field,
    Node,
    Note,
    Segment,
    Step,
    TransactionSet,
)

KINDS: Mapping[str, str] = {
    "AN": "text",
    "A": "letters",
    "ID": "code",
    "R": "decimal number",
    "DT": "date",
    "TM": "time",
    "B": "binary",
    "N": "number",
    "N0": "whole number",
}


_RUN = 3  # codes in a row that are written one by one


def kind_in_words(element: Element) -> str:
    """``AN`` is text; ``N2`` a number with two implied decimals."""
    known = KINDS.get(element.kind)
    return known or f"number with {element.decimals} implied decimals"


def length_in_words(element: Element) -> str:
    """``2``, ``1/30``, or nothing where there is no bound."""
    if element.high >= UNLIMITED:
        return ""
    return str(element.high) if element.low == element.high else f"{element.low}/{element.high}"


def maximum_in_words(maximum: int) -> str:
    """``1``, ``100,000``, ``>1`` where there is no bound."""
    return ">1" if maximum >= UNLIMITED else f"{maximum:,}"


def key_of(tag: str, position: int, component: int = 0) -> str:
    """``PO107``, ``DTM0102``: an element as it is called in documents."""
    return f"{tag}{position:02}" + (f"{component:02}" if component else "")


def use_of(node: Node) -> str:
    """``M``, ``O``, or ``-`` for what a partner's rules rule out."""
    return "-" if node.maximum == 0 else "M" if node.required else "O"


def use_of_field(segment: Segment, position: int, field: Field) -> str:
    """``M``, ``X`` where syntax notes decide, ``O``, or ``-`` for what a partner's rules rule out."""
    if excluded(segment, position):
        return "-"
    if field.required:
        return "M"
    return "X" if any(position in note.positions for note in segment.notes) else "O"


def excluded(segment: Segment, position: int) -> bool:
    """Whether a partner's rules rule the element out: it excludes itself."""
    return Note("E", (position, position)) in segment.notes


def _listed(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def note_in_words(note: Note, tag: str) -> str:
    """``P0607``: if PO106 or PO107 is there, both are."""
    keys = [key_of(tag, position) for position in note.positions]
    first, others = keys[0], keys[1:]
    match note.kind:
        case "P":
            return f"{_listed(keys, 'and')}: {'both, or neither' if len(keys) == 2 else 'all of them, or none'}"  # noqa: PLR2004
        case "R":
            return f"{_listed(keys, 'or')}: at least one"
        case "E":
            return f"{_listed(keys, 'and')}: at most one"
        case "C":
            return f"if {first} is there, then also {_listed(others, 'and')}"
        case _:
            return f"if {first} is there, then also {_listed(others, 'or')}"


def notes_in_words(segment: Segment) -> list[str]:
    """The syntax notes of a segment; a run of pairs, as product ids have them, is one line."""
    lines: list[str] = []
    notes = [note for note in dict.fromkeys(segment.notes) if len(set(note.positions)) > 1]
    while notes:
        run = 1
        while run < len(notes) and _follows(notes[run - 1], notes[run]):
            run += 1
        line = note_in_words(notes[0], segment.tag)
        if run > 2:  # noqa: PLR2004 - two lines say more than one with a rule in it
            line += f"; likewise each pair up to {key_of(segment.tag, notes[run - 1].positions[-1])}"
        else:
            run = 1
        lines.append(line)
        del notes[:run]
    return lines


def _follows(before: Note, after: Note) -> bool:
    pairs = (before.kind, after.kind) == ("P", "P") and len(before.positions) == len(after.positions) == 2  # noqa: PLR2004
    return pairs and after.positions[0] == before.positions[-1] + 1


def _path(steps: Sequence[Step]) -> str:
    return ".".join(f"{step.name}[{step.value}]" if step.element else step.name for step in steps)


def check_in_words(check: Check) -> str:
    """``CTT01 is the number of PO1``."""
    path = ".".join(check.path)
    also = f", with or without {'.'.join(check.also)}" if check.also else ""
    match check.operation:
        case "count":
            return f"{check.total} is the number of {path}"
        case "sum":
            return f"{check.total} is the sum of {path}{also}"
        case _:
            return f"{check.total} is what the lines ({path}) with allowances, charges and taxes come to{also}"


def balance_in_words(balance: Balance) -> str:
    """``CNT[2] is the number of LIN``."""
    paths = _listed([_path(path) for path in balance.paths], "or")
    what = "the number" if balance.operation == "count" else "the sum"
    return f"{_path([balance.total])} is {what} of {paths}"


def agreements(definition: TransactionSet) -> list[str]:
    """Everything that must agree across the segments of a set."""
    return [*map(check_in_words, definition.checks), *map(balance_in_words, definition.balances)]


def demand_in_words(demand: Demand) -> str:
    """A rule of a partner that asks for a qualifier or the like."""
    path = str(demand)
    match demand.kind:
        case "require":
            return f"{path} is mandatory"
        case "forbid":
            return f"{path} is not used"
        case "max":
            return f"{path}: {maximum_in_words(demand.high)} at most"
        case "codes":
            return f"{path} is {_listed(sorted(demand.codes), 'or')}"
        case _:
            return f"{path} has {demand.low} to {demand.high} characters"


def codes_in_words(element: Element, most: int = 12) -> str:
    """The codes of a closed list, at most so many words of them; nothing where every code is taken."""
    if element.codes is None:
        return ""
    words = _spans(sorted(element.codes))
    return " ".join(words[:most]) + (f" … {len(element.codes)} codes" if len(words) > most else "")


def _spans(codes: Sequence[str]) -> list[str]:
    """Codes with every run of numbers written as in the tables: ``00-69``."""
    runs: list[list[str]] = []
    for code in codes:
        before = runs[-1][-1] if runs else ""
        both = before.isdigit() and code.isdigit() and len(before) == len(code)
        if both and int(code) == int(before) + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    spans = ([f"{run[0]}-{run[-1]}"] if len(run) > _RUN else run for run in runs)
    return [word for span in spans for word in span]

"""What is wrong with a condition whatever the documents are: it asks nothing, or not what its author meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossdock.errors import Severity
from crossdock.mapping.jmespath.claims import Claim, always, claim
from crossdock.mapping.jmespath.syntax import ExpressionError, Node, parse
from crossdock.mapping.names import SURROUNDINGS
from crossdock.route.bench import Bench

_NAMES = frozenset({"root", *SURROUNDINGS})
_QUOTED_FIELD = re.compile(r"""[=!]=\s*("([A-Za-z_][A-Za-z0-9_]*)")""")
_TEXTS = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`")
_ORDERS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def read_claim(text: str) -> Claim | None:
    """What the condition claims; None where it is not JMESPath, which is told elsewhere."""
    node = _parsed(text)
    return claim(node) if node is not None else None


def judge(bench: Bench, text: str, *, constants: bool = True) -> None:
    """Findings about the condition at this place; without ``constants``, nothing is said of one that always holds."""
    node = _parsed(text)
    if node is None or bench.path in bench.from_environment:
        return
    _quoted_fields(bench, text)
    _ordered_texts(bench, node, text)
    holds = always(claim(node)) if constants else None
    if holds is not None:
        message = f"'{text}' {'always' if holds else 'never'} holds, whatever the document is"
        hint = _meant(text) if holds else "nothing would pass"
        bench.report("R150", message, hint=hint, severity=Severity.WARNING)


def _meant(text: str) -> str:
    either = "!=" in text and "||" in text
    return "neither of two is written a != 'x' && a != 'y'" if either else "remove it, or ask for what you mean"


def _parsed(text: str) -> Node | None:
    try:
        return parse(text, _NAMES)
    except ExpressionError:
        return None


def _quoted_fields(bench: Bench, text: str) -> None:
    """``status == "open"`` compares two fields: the trap of everybody who knows another language."""
    blanked = _TEXTS.sub(lambda found: " " * len(found[0]), text)
    for found in _QUOTED_FIELD.finditer(blanked):
        message = f'in JMESPath "{found[2]}" in double quotes is a field, and no text'
        hint = f"text stands in single quotes: '{found[2]}'; a field needs no quotes: {found[2]}"
        bench.report_inside("R152", message, found.start(1), hint=hint, value=found[1], severity=Severity.WARNING)


def _ordered_texts(bench: Bench, node: Node, text: str) -> None:
    for order, literal in _ordered(node):
        if isinstance(literal.literal, str):
            written = f"'{literal.literal}'"
            number = f"`{literal.literal}`" if re.fullmatch(r"-?\d+(\.\d+)?", literal.literal) else "`10`"
            message = f"'{order}' orders numbers, and {written} is text: the answer is always null"
            hint = f"a number stands in backticks: {number}"
            bench.report_inside("R153", message, max(text.find(written), 0), hint=hint, value=written)


def _ordered(node: Node) -> Iterator[tuple[str, Node]]:
    if node.kind == "comparator" and node.name in _ORDERS:
        yield from ((_ORDERS[node.name], child) for child in node.children if child.kind == "literal")
    for child in node.children:
        yield from _ordered(child)

"""Text. Numbers are taken as text where that says what is meant (``pad(4711, `8`)``)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter
from crossdock.message import KEY_NAMESPACE, Document

#: UUID namespace of ``uuid_of`` (RFC 9562, version 5): apart from that of idempotency keys.
_NAMESPACE = uuid.uuid5(KEY_NAMESPACE, "uuid_of")


def _through(name: str, change: Callable[[str], str]) -> Callable[[Document], Document]:
    def body(value: Document) -> Document:
        return None if value is None else kinds.limited(name, change(kinds.text_of(name, value)))

    return body


def pad(value: Document, width: Document, fill: Document = " ", side: Document = "right") -> Document:
    if value is None:
        return None
    text, columns = kinds.text_of("pad", value), kinds.whole_in("pad", width, 1)
    if not isinstance(fill, str) or len(fill) != 1:
        kinds.invalid("pad", "the fill is one character", fill, 2)
    if side not in {"left", "right"}:
        kinds.invalid("pad", f"{quoted(side)} is not one of left, right", side, 3)
    return text.rjust(columns, fill) if side == "left" else text.ljust(columns, fill)


def replace(value: Document, old: Document, new: Document) -> Document:
    if value is None:
        return None
    text, gone, put = (
        kinds.text_of("replace", value),
        kinds.text_in("replace", old, 1),
        kinds.text_in("replace", new, 2),
    )
    if not gone:
        kinds.invalid("replace", "the text to replace is empty", old, 1)
    if len(text) + text.count(gone) * len(put) > kinds.MAX_TEXT:
        raise Fault("M308", f"replace() makes more than {kinds.MAX_TEXT} characters")
    return text.replace(gone, put)


def split(value: Document, separator: Document) -> Document:
    if value is None:
        return None
    text, between = kinds.text_of("split", value), kinds.text_in("split", separator, 1)
    if not between:
        kinds.invalid("split", "the separator is empty", separator, 1)
    return [*text.split(between)]


def substring(value: Document, start: Document, length: Document = None) -> Document:
    if value is None:
        return None
    text = kinds.text_of("substring", value)
    first = kinds.whole_in("substring", start, 1, -kinds.MAX_TEXT)
    begin = max(len(text) + first, 0) if first < 0 else first
    return text[begin:] if length is None else text[begin : begin + kinds.whole_in("substring", length, 2)]


def concat(*values: Document) -> Document:
    parts = [kinds.text_of("concat", value, at) for at, value in enumerate(values) if value is not None]
    if sum(map(len, parts)) > kinds.MAX_TEXT:
        raise Fault("M308", f"concat() makes more than {kinds.MAX_TEXT} characters")
    return "".join(parts) if parts else None


def uuid_of(*values: Document) -> Document:
    if any(value is None for value in values):
        return None
    return str(
        uuid.uuid5(_NAMESPACE, "\0".join(kinds.text_of("uuid_of", value, at) for at, value in enumerate(values)))
    )


_VALUE = Parameter("value", "text or number")

TEXTS: tuple[Function, ...] = (
    Function(
        name="upper",
        parameters=(_VALUE,),
        returns="text",
        about="In capital letters.",
        example=Example("upper('ea')", '"EA"'),
        body=_through("upper", str.upper),
        skips_null=True,
    ),
    Function(
        name="lower",
        parameters=(_VALUE,),
        returns="text",
        about="In small letters.",
        example=Example("lower('EA')", '"ea"'),
        body=_through("lower", str.lower),
        skips_null=True,
    ),
    Function(
        name="trim",
        parameters=(_VALUE,),
        returns="text",
        about="Without white space before and after.",
        example=Example("trim('  DC 7 ')", '"DC 7"'),
        body=_through("trim", str.strip),
        skips_null=True,
    ),
    Function(
        name="pad",
        parameters=(
            _VALUE,
            Parameter("width", "number"),
            Parameter("fill", "text", optional=True),
            Parameter("side", "left or right", optional=True),
        ),
        returns="text",
        about="At least so wide: `fill` (a blank if not said) is added on the right, or on the left. Never cut.",
        example=Example("pad('42', `6`, '0', 'left')", '"000042"'),
        body=pad,
        skips_null=True,
    ),
    Function(
        name="replace",
        parameters=(_VALUE, Parameter("old", "text"), Parameter("new", "text")),
        returns="text",
        about="With every `old` replaced by `new`; both literally.",
        example=Example("replace('12,5', ',', '.')", '"12.5"'),
        body=replace,
        skips_null=True,
    ),
    Function(
        name="split",
        parameters=(_VALUE, Parameter("separator", "text")),
        returns="list of text",
        about="The parts between the separators.",
        example=Example("split('4711-02', '-')", '["4711", "02"]'),
        body=split,
        skips_null=True,
    ),
    Function(
        name="substring",
        parameters=(_VALUE, Parameter("start", "number"), Parameter("length", "number", optional=True)),
        returns="text",
        about="From `start` (0 is the first character, -1 the last), so many characters or the rest.",
        example=Example("substring('PO4711', `2`, `3`)", '"471"'),
        body=substring,
        skips_null=True,
    ),
    Function(
        name="concat",
        parameters=(Parameter("values", "text or number"),),
        returns="text",
        about="One after the other; nulls are left out, and null if there is nothing else.",
        example=Example("concat('PO-', number)", '"PO-4711"', '{"number": 4711}'),
        body=concat,
        variadic=True,
    ),
    Function(
        name="uuid_of",
        parameters=(Parameter("values", "text or number"),),
        returns="text",
        about="A UUID made of the values: the same for the same values, for ever (version 5). Null if one is null.",
        example=Example("uuid_of('ACME', '4711') == uuid_of('ACME', `4711`)", "true"),
        body=uuid_of,
        variadic=True,
    ),
)

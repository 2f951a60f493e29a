"""docs/reference/codecs.md: every codec with its options."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossdock.codecs.contract import AnyCodecKind, CodecKind
from crossdock.codecs.fixed.spec import LayoutSpec
from crossdock.codecs.idoc import notation
from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Dictionary
from crossdock.ops.inspect import layouts
from crossdock.registry import Registry
from reference_pages.markdown import code, head, joined
from reference_pages.models import described, nested, title

ROOT = Path(__file__).parents[2]

ABOUT = """
A codec turns bytes into documents and documents into bytes: `decode: x12`, `encode: {csv: {delimiter: ";"}}`. A payload
has one or many parts; `split:` with the codec's word for them makes each a message of its own, read in flat memory.

In X12 each transaction has its own verdict: good ones go on, a bad one becomes a dead letter of its own. Every other
format is judged whole: a file with one mistake does not pass at all, and all mistakes are told at once.
"""

IDOC_TYPES = "Described are {}. Further segments, types and extensions stand in `mappings/idoc/NAME.txt` of a project:"

_REQUIRED: dict[str, dict[str, object]] = {"fixed": {"layout": "erp-order"}}


def page() -> str:
    """The whole page."""
    kinds = [kind for _, kind in Registry("crossdock.codecs", CodecKind).all()]
    return joined(head("Codecs", ABOUT), *(_codec(kind) for kind in kinds))


def _codec(kind: AnyCodecKind) -> str:
    return joined(f"## {kind.name}", kind.about, _facts(kind), *_models(kind))


def _facts(kind: AnyCodecKind) -> str:
    codec = kind.open(kind.options.model_validate(_REQUIRED.get(kind.name, {})), layouts(ROOT))
    short = (
        f" `{{{kind.name}: NAME}}` is short for `{{{kind.name}: {{{kind.shorthand}: NAME}}}}`."
        if kind.shorthand
        else ""
    )
    return f"Parts: {code(codec.parts)}. Writes {code(codec.content_type)}.{short}"


def _models(kind: AnyCodecKind) -> Iterator[str]:
    yield described(kind.options, f"### Options of {kind.name}")
    yield from (described(one, f"#### {title(one)}") for one in nested(kind.options))
    if kind.name == "idoc":
        yield joined(
            "### Descriptions", IDOC_TYPES.format(", ".join(code(name) for name in Dictionary(*shipped()).names()))
        )
        yield (notation.__doc__ or "").partition("\n\n")[2].replace("``", "`").strip()
    if kind.name == "fixed":
        yield described(LayoutSpec, "### Layouts").replace("The whole file.", "A file `mappings/layouts/NAME.yaml`.")
        yield from (described(one, f"#### {title(one)}") for one in nested(LayoutSpec))

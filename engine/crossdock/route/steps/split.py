"""``split``: one payload to many documents."""

from __future__ import annotations

import difflib
import re

from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, Flow, StepKind

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\Z")
CLOSE = 0.8  # of two words: likely the same one, misspelt


class Split(Authorable):
    """Makes each part of a payload a message of its own.

    Right after ``decode``, the codec's word for its parts (``transactions``, ``rows``, ``records`` …) splits while
    reading, in flat memory however large the file. Anything else is an expression that gives a list.

    ```yaml
    - decode: json
    - split: "orders"
    ```
    """

    parts: Expression


def compile_split(config: Split, bench: Bench, builder: Builder) -> None:
    """Decide how to split; ``partition`` does it."""
    flow = builder.flow
    if flow.split:
        hint = "publish to a topic, and split again in a route that reads it"
        bench.report("R206", "a route splits once", hint=hint, key=True)
        return
    flow.split = True
    if flow.awaited and flow.codec is None:
        flow.early = (bench, config.parts)
        return
    if flow.codec is not None and flow.last == "decode":
        if config.parts == flow.codec.parts:
            return
        if misspelt_parts(bench, config.parts, flow) or _never_a_list(bench, config.parts, flow):
            return
    elif flow.codec is not None and config.parts == flow.codec.parts:
        bench.report("R207", f"'{config.parts}' splits while reading", hint="put 'split' right after 'decode'")
    flow.by = bench.expression(config.parts)
    _forget(flow)


def misspelt_parts(bench: Bench, word: str, flow: Flow) -> bool:
    """Whether the word is nearly the codec's for its parts, which is told."""
    meant = flow.codec.parts if flow.codec is not None else ""
    close = _WORD.match(word) is not None and bool(difflib.get_close_matches(word, [meant], cutoff=CLOSE))
    if close and word != meant:
        bench.report("R207", f"{flow.format} has no '{word}'", hint=f"did you mean '{meant}'?", value=word)
        return True
    return False


def _never_a_list(bench: Bench, written: str, flow: Flow) -> bool:
    """Whether the path leads to a list in no document that the codec reads, which is told."""
    known = flow.foretelling if _PATH.match(written) else None
    instead = known.instead_of(written.split(".")) if known is not None else None
    if instead is not None:
        message = f"what {flow.format} reads never has a list at '{written}'"
        bench.report("R207", message, hint=f"write split: {instead}", value=written)
    return instead is not None


def _forget(flow: Flow) -> None:
    flow.shape = None
    flow.format = None


STEP = StepKind(name="split", config=Split, compile=compile_split, bare="parts", needs_document=True)

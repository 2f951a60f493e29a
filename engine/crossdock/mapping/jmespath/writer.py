"""Writes Python source out of generated names only: whatever an author wrote reaches the code as a constant.

The finished code sees nothing but its constants: no builtins, no modules.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from keyword import iskeyword
from types import CodeType
from typing import cast

from crossdock.mapping.fault import Fault
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.library import kinds
from crossdock.mapping.library.weight import grown, weigh
from crossdock.mapping.scope import headers_of, now_of
from crossdock.message import Document

#: CPython allows 20 nested blocks and 100 levels of indentation; we stop well before.
MAX_BLOCKS = 14
MAX_INDENT = 50

_RUNTIME: dict[str, object] = {
    "__builtins__": {},
    "dict": dict,
    "enumerate": enumerate,
    "len": len,
    "list": list,
    "str": str,
    "type": type,
    "bool": bool,
    "Fault": Fault,
    "NUM": kinds.NUMBERS,
    "BIG": frozenset({list, dict}),
    "EMPTY": frozenset({str, list, dict}),
    "nothing": semantics.nothing,
    "equal": semantics.equal,
    "flatten": semantics.flatten,
    "elements": semantics.elements,
    "copy_of": semantics.copy_of,
    "grown": grown,
    "weigh": weigh,
    "now_of": now_of,
    "headers_of": headers_of,
}


class Writer:
    """Lines of one module, its constants, and fresh names."""

    def __init__(self) -> None:
        self.namespace: dict[str, object] = dict(_RUNTIME)
        self.finished: list[str] = []
        self.lines: list[str] = []
        self.indent = 1
        self.blocks = 0
        self._constants: dict[tuple[type, object], str] = {}
        self._count = 0

    def fresh(self, prefix: str) -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{prefix}{self._count}"

    def line(self, text: str) -> None:
        """One line at the present indentation."""
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def block(self, head: str, *, loop: bool = False) -> Iterator[None]:
        """What is written inside stands under ``head``; ``loop`` for ``for`` and ``try``."""
        self.line(head)
        self.indent += 1
        self.blocks += loop
        written = len(self.lines)
        yield
        if len(self.lines) == written:
            self.line("pass")
        self.indent -= 1
        self.blocks -= loop

    def kept(self, code: str) -> str:
        """The code if it is a name, else a name that holds its value from here on."""
        if code.isidentifier() and not iskeyword(code):
            return code
        name = self.fresh("t")
        self.line(f"{name} = {code}")
        return name

    def aside(self, make: Callable[[], str]) -> tuple[str, list[str]]:
        """What ``make`` returns, and the lines it wrote, one level deeper and not yet in place."""
        lines, self.lines = self.lines, []
        self.indent += 1
        code = make()
        self.indent -= 1
        written, self.lines = self.lines, lines
        return code, written

    def constant(self, value: Document | slice) -> str:
        """Code for a constant: a word of Python's or the name of it."""
        if value is None or isinstance(value, bool):
            return repr(value)
        if isinstance(value, list | dict):
            name = self.fresh("k")
            self.namespace[name] = value
            return f"copy_of({name})"
        shape = str(value) if isinstance(value, Decimal | slice) else value
        return self._named((type(value), shape), value, "k")

    def function(self, body: Callable[..., object]) -> str:
        """The name of a function to call."""
        return self._named((object, body), body, "f")

    def _named(self, key: tuple[type, object], value: object, prefix: str) -> str:
        if key not in self._constants:
            self._constants[key] = self.fresh(prefix)
            self.namespace[self._constants[key]] = value
        return self._constants[key]

    def finish(self, name: str, parameters: str) -> None:
        """Make a function of the lines written so far."""
        self.finished += [f"def {name}({parameters}):", *self.lines]
        self.lines = []

    def load(self, name: str, about: str) -> Callable[..., object]:
        """Compile what is finished and return the function of that name; ``about`` names it in tracebacks."""
        text = "\n".join([*self.finished, ""])
        file = f"<{about}>"
        code: CodeType = compile(text, file, "exec", dont_inherit=True)
        exec(code, self.namespace)  # noqa: S102 - our own text: generated names, no author's word (see above)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        return cast("Callable[..., object]", self.namespace[name])

"""Terms -> Python statements.

The code of a term is an expression over names; what cannot be one (loops, choices) is written before it as statements
that leave a name. Nothing is allocated but results: a path is a chain of ``dict.get`` behind type checks, and a term
that several expressions share is computed once (``regions``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.jmespath.regions import plan
from crossdock.mapping.jmespath.term import ATOMS, Term, inputs
from crossdock.mapping.jmespath.writer import MAX_BLOCKS, MAX_INDENT, Writer
from crossdock.mapping.library import kinds

_Emit: TypeAlias = Callable[["Emitter", Term], str]

MAX_INLINE = 160  # characters of an expression that still goes into another one


class Emitter:
    """Writes terms. ``names`` says which names hold terms already, ``getters`` which read fields of terms."""

    def __init__(self) -> None:
        self.to = Writer()
        self.names: dict[int, str] = {}
        self.getters: dict[int, str] = {}

    def value(self, term: Term) -> str:
        """Code of the term's value."""
        name = self.names.get(term.uid)
        if name is not None:
            return name
        if (self.to.indent > MAX_INDENT or self.to.blocks > MAX_BLOCKS) and term.op not in ATOMS:
            return self._outlined(term)
        code = _EMIT[term.op](self, term)
        return code if len(code) < MAX_INLINE else self.to.kept(code)

    def name(self, term: Term) -> str:
        """A name that holds the term's value."""
        return self.to.kept(self.value(term))

    def test(self, term: Term) -> str:
        """Code that Python finds true where JMESPath finds the term's value true."""
        if term.uid not in self.names and term.op in {"and", "or"}:
            return self._test_both(term)
        if term.uid not in self.names and term.op == "not":
            return f"(not {self.test(term.parts[0])})"
        return self._truth(term, self.value(term))

    def _truth(self, term: Term, code: str) -> str:
        if _is_boolean(term):
            return code
        name = self.to.kept(code)
        return f"({name} or ({name} is not None and type({name}) in NUM))"

    def _test_both(self, term: Term) -> str:
        left = self.test(term.parts[0])
        right, lines = self.to.aside(lambda: self.test(term.parts[1]))
        if not lines and len(left) + len(right) < MAX_INLINE:
            return f"({left} {term.op} {right})"
        result = self.to.fresh("t")
        self.to.line(f"{result} = {left}")
        with self.to.block(f"if {result}:" if term.op == "and" else f"if not {result}:"):
            self.to.lines += lines
            self.to.line(f"{result} = {right}")
        return result

    @contextmanager
    def region(self, level: int, roots: Iterable[Term], variables: dict[Term, str]) -> Iterator[None]:
        """Where ``variables`` are known and ``roots`` will be computed; begins with what they share."""
        names, getters = self.names, self.getters
        self.names = names | {variable.uid: name for variable, name in variables.items()}
        self.getters = dict(getters)
        made = plan(level, roots, names)
        for variable in variables:
            self._getter(variable, made.lookups)
        for term in made.early:
            self.names[term.uid] = self.to.kept(self.value(term))
            self._getter(term, made.lookups)
        yield
        self.names, self.getters = names, getters

    def _getter(self, term: Term, lookups: dict[int, int]) -> None:
        if lookups.get(term.uid, 0) > 1:
            name, getter = self.names[term.uid], self.to.fresh("g")
            self.to.line(f"{getter} = {name}.get if type({name}) is dict else nothing")
            self.getters[term.uid] = getter

    def _outlined(self, term: Term) -> str:
        """A call of a function of its own: Python's nesting is limited, JMESPath's is not."""
        used = self._names_in(term)
        outer = (self.to.lines, self.to.indent, self.to.blocks, self.names, self.getters)
        self.to.lines, self.to.indent, self.to.blocks = [], 1, 0
        self.names, self.getters = used, {}
        self.to.line(f"return {self.value(term)}")
        name, parameters = self.to.fresh("f"), ", ".join(["s", *dict.fromkeys(used.values())])
        self.to.finish(name, parameters)
        self.to.lines, self.to.indent, self.to.blocks, self.names, self.getters = outer
        return f"{name}({parameters})"

    def _names_in(self, term: Term) -> dict[int, str]:
        used: dict[int, str] = {}
        seen: set[int] = set()
        waiting = [term]
        while waiting:
            here = waiting.pop()
            if here.uid in self.names:
                used[here.uid] = self.names[here.uid]
            elif here.uid not in seen:
                seen.add(here.uid)
                waiting += inputs(here)
        return dict(sorted(used.items()))

    # --- paths ---

    def get(self, term: Term) -> str:
        """A field: by the getter of its base where there is one."""
        key = self.to.constant(term.name)
        getter = self.getters.get(term.parts[0].uid)
        if getter is not None:
            return f"{getter}({key})"
        base = self.name(term.parts[0])
        return f"({base}.get({key}) if type({base}) is dict else None)"

    def item(self, term: Term) -> str:
        """An element by its index; the first of a filter ends the loop early."""
        within = term.parts[0]
        if term.numbers == (0,) and within.op == "filter" and within.total and within.uid not in self.names:
            return self._loop(within, first=True)
        base, index = self.name(within), term.numbers[0] or 0
        enough = f"len({base}) > {index}" if index > 0 else f"len({base}) >= {-index}"
        return f"({base}[{index}] if type({base}) is list and {base if index in {0, -1} else enough} else None)"

    def slice(self, term: Term) -> str:
        """A part of a list."""
        base = self.name(term.parts[0])
        return f"({base}[{self.to.constant(slice(*term.numbers))}] if type({base}) is list else None)"

    def flatten(self, term: Term) -> str:
        """One level flatter."""
        return f"flatten({self.value(term.parts[0])})"

    # --- loops ---

    def loop(self, term: Term) -> str:
        """A projection: the list of what the body gives for every element."""
        return self._loop(term, first=False)

    def _loop(self, term: Term, *, first: bool) -> str:
        """``first``: stop at the first result and give that instead of a list of all."""
        base, result, element = self.name(term.parts[0]), self.to.fresh("r"), self.to.fresh("e")
        self.to.line(f"{result} = None")
        with self.to.block(f"if type({base}) is {'dict' if term.op == 'values' else 'list'}:"):
            if not first:
                self.to.line(f"{result} = []")
            over = f"{base}.values()" if term.op == "values" else base
            with self.to.block(f"for {element} in {over}:", loop=True):
                self._body(term, element, result, first=first)
        return result

    def _body(self, term: Term, element: str, result: str, *, first: bool) -> None:
        variable, body = term.parts[1], term.parts[2]
        with self.region(variable.level, term.parts[2:], {variable: element}):
            if term.op == "filter":
                with self.to.block(f"if {self.test(term.parts[3])}:"):
                    self._collect(body, result, first=first)
            else:
                self._collect(body, result, first=first)

    def _collect(self, body: Term, result: str, *, first: bool) -> None:
        value = self.name(body)
        with self.to.block(f"if {value} is not None:"):
            if first:
                self.to.line(f"{result} = {value}")
                self.to.line("break")
            else:
                self.to.line(f"{result}.append({value})")

    def each(self, term: Term) -> str:
        """What a function's `&expression` gives for every element."""
        base, result, element = self.value(term.parts[0]), self.to.fresh("r"), self.to.fresh("e")
        function = self.to.constant(term.name)
        variable, body = term.parts[1], term.parts[2]
        self.to.line(f"{result} = []")
        with (
            self.to.block(f"for {element} in elements({function}, {base}):", loop=True),
            self.region(variable.level, (body,), {variable: element}),
        ):
            self.to.line(f"{result}.append({self.value(body)})")
        return result

    def within(self, term: Term) -> str:
        """The body, where a name holds what it is about."""
        name = self.to.fresh("t")
        self.to.line(f"{name} = {self.value(term.parts[0])}")
        variable, body = term.parts[1], term.parts[2]
        with self.region(variable.level, (body,), {variable: name}):
            return self.name(body)

    # --- values ---

    def literal(self, term: Term) -> str:
        """A constant."""
        return self.to.constant(term.literal)

    def surroundings(self, term: Term) -> str:
        """What the scope knows."""
        return _SURROUNDINGS[term.name]

    def given(self, term: Term) -> str:
        """What the step gives for a parameter."""
        return f"s.given.get({self.to.constant(term.name)})"

    def object(self, term: Term) -> str:
        """A multi-select hash."""
        return self._unless_null(term, "{", "}", [f"{self.to.constant(name)}: " for name in term.names])

    def list(self, term: Term) -> str:
        """A multi-select list."""
        return self._unless_null(term, "[", "]", [""] * (len(term.parts) - 1))

    def _unless_null(self, term: Term, begin: str, end: str, heads: Iterable[str]) -> str:
        base = self.name(term.parts[0])

        def made() -> str:
            return begin + ", ".join(f"{head}{self.value(part)}" for head, part in zip(heads, term.parts[1:])) + end  # noqa: B905 - the heads are as many

        code, lines = self.to.aside(made)
        result = self.to.fresh("t")
        self.to.line(f"{result} = None")
        with self.to.block(f"if {base} is not None:"):
            self.to.lines += lines
            self.to.line(f"{result} = {code}")
        return result

    # --- logic ---

    def either(self, term: Term) -> str:
        """``||`` and ``&&``: the right side only where the left one does not decide."""
        result = self.to.fresh("t")
        self.to.line(f"{result} = {self.value(term.parts[0])}")
        truth = self._truth(term.parts[0], result)
        with self.to.block(f"if not {truth}:" if term.op == "or" else f"if {truth}:"):
            self.to.line(f"{result} = {self.value(term.parts[1])}")
        return result

    def negation(self, term: Term) -> str:
        """`!`."""
        return f"(not {self.test(term.parts[0])})"

    def compare(self, term: Term) -> str:
        """A comparison, shorter where one side is a literal."""
        left, right = term.parts
        if term.name in _EQUALITY:
            if right.op != "literal" and left.op == "literal":
                left, right = right, left
            if right.op == "literal":
                return self._equal_to(left, right, term.name)
            return f"{'' if term.name == 'eq' else 'not '}equal({self.value(left)}, {self.value(right)})".join("()")
        if right.op == "literal" and type(right.literal) in kinds.NUMBERS:
            name = self.name(left)
            return f"({name} {_ORDER[term.name]} {self.value(right)} if type({name}) in NUM else None)"
        function = self.to.function(semantics.COMPARISONS[term.name])
        return f"{function}({self.value(left)}, {self.value(right)})"

    def _equal_to(self, left: Term, right: Term, operator: str) -> str:
        literal = right.literal
        if literal is None or isinstance(literal, bool):
            return f"({self.value(left)} {'is' if operator == 'eq' else 'is not'} {literal})"
        if isinstance(literal, str) or (type(literal) in kinds.NUMBERS and literal not in {0, 1}):
            return f"({self.value(left)} {_EQUALITY[operator]} {self.value(right)})"
        return f"({'' if operator == 'eq' else 'not '}equal({self.value(left)}, {self.value(right)}))"

    # --- calls ---

    def call(self, term: Term) -> str:
        """A function call, not made where null would give null."""
        assert term.call is not None, "a call has code"  # noqa: S101 - the lowering's promise
        function = self.to.function(term.call)
        if not FUNCTIONS[term.name].skips_null:
            return f"{function}({', '.join([self.value(part) for part in term.parts])})"
        first = self.name(term.parts[0])
        arguments = [first, *(self.value(part) for part in term.parts[1:])]
        return f"({function}({', '.join(arguments)}) if {first} is not None else None)"

    def when(self, term: Term) -> str:
        """Only the branch that is chosen."""
        result = self.to.fresh("t")
        with self.to.block(f"if {self.test(term.parts[0])}:"):
            self.to.line(f"{result} = {self.value(term.parts[1])}")
        with self.to.block("else:"):
            self.to.line(f"{result} = {self.value(term.parts[2]) if len(term.parts) > 2 else None}")  # noqa: PLR2004 - otherwise is the third
        return result

    def coalesce(self, term: Term) -> str:
        """The first that is neither null nor empty text."""
        result = self.to.fresh("t")
        self.to.line(f"{result} = {self.value(term.parts[0])}")
        for part in term.parts[1:]:
            with self.to.block(f'if {result} is None or {result} == "":'):
                self.to.line(f"{result} = {self.value(part)}")
        return result


def _is_boolean(term: Term) -> bool:
    return term.op in {"compare", "not"} or (term.op == "call" and FUNCTIONS[term.name].returns == "boolean")


_SURROUNDINGS = {
    "id": "s.id",
    "route": "s.route",
    "partner": "s.partner",
    "now": "now_of(s)",
    "headers": "headers_of(s)",
}
_EQUALITY = {"eq": "==", "ne": "!="}
_ORDER = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

_EMIT: dict[str, _Emit] = {
    "get": Emitter.get,
    "item": Emitter.item,
    "slice": Emitter.slice,
    "flatten": Emitter.flatten,
    "project": Emitter.loop,
    "values": Emitter.loop,
    "filter": Emitter.loop,
    "each": Emitter.each,
    "with": Emitter.within,
    "literal": Emitter.literal,
    "surroundings": Emitter.surroundings,
    "given": Emitter.given,
    "object": Emitter.object,
    "list": Emitter.list,
    "or": Emitter.either,
    "and": Emitter.either,
    "not": Emitter.negation,
    "compare": Emitter.compare,
    "call": Emitter.call,
    "when": Emitter.when,
    "coalesce": Emitter.coalesce,
}

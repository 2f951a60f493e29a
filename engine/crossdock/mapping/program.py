"""A bound mapping -> one Python function: ``run(scope, document) -> (result, notes)``.

A field that fails does not stop the others: its ``except`` takes a note (which site, what, where in the loops) and
goes on. The notes become findings only when there are any (``complaints``), so a good document pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeAlias, cast

from crossdock.mapping.binding import (
    Bound,
    CasePlan,
    ItemsPlan,
    LeafPlan,
    Let,
    LocalPlan,
    LoopPlan,
    Plan,
    ShapePlan,
    Site,
    WhenPlan,
    terms_of,
)
from crossdock.mapping.fault import Fault
from crossdock.mapping.fields import Constant, Options
from crossdock.mapping.jmespath.emit import Emitter
from crossdock.mapping.jmespath.growth import Growth, is_scalar
from crossdock.mapping.jmespath.term import Term, reachable
from crossdock.mapping.marks import Marks, Reached
from crossdock.message import Document

MAX_NOTES = 100  # findings of one document; who mends that many sees the rest at the next attempt

#: Site number, what went wrong (None: a required value is absent), and for each loop around: index, place in the result,
#: and how many it has made before this list (0 where nothing asks for ``$running``).
Note: TypeAlias = tuple[int, Fault | None, tuple[int, ...]]
PER_LOOP = 3
Run: TypeAlias = Callable[[object, Document], tuple[Document, list[Note]]]


class TooMany(Exception):
    """There are ``MAX_NOTES`` notes; ``notes`` has them."""

    def __init__(self, notes: list[Note]) -> None:
        super().__init__(len(notes))
        self.notes = notes


def note(notes: list[Note], number: int, fault: Fault | None, where: tuple[int, ...]) -> None:
    """Take a note; at the last one that is taken give up."""
    notes.append((number, fault, where))
    if len(notes) >= MAX_NOTES:
        raise TooMany(notes)


def not_a_list(value: Document) -> Fault:
    """What is wrong when ``each`` has nothing to loop over."""
    return Fault("M303", "'each' takes a list", value, hint="to_array() makes a list of a single value")


def program(bound: Bound, name: str, marks: Marks | None = None) -> Run:
    """The compiled mapping; ``marks`` hears what documents come to."""
    writer = _Program(marks)
    writer.write(bound)
    writer.emitter.to.namespace |= {"note": note, "not_a_list": not_a_list, "mark": marks}
    return cast("Run", writer.emitter.to.load("run", f"mapping {name}"))


class _Program:
    """Writes the statements of one mapping.

    A plan leaves its value in a name: None where it is absent, but a shape in which nothing is set is an empty object,
    so that a mapping of a shape never makes null.
    """

    def __init__(self, marks: Marks | None = None) -> None:
        self.marks = marks
        self.emitter = Emitter()
        self.to = self.emitter.to
        self.where: list[str] = []
        self.growth = Growth()
        self.counters: list[str] = []

    def write(self, bound: Bound) -> None:
        self.to.line("notes = []")
        self.to.line("size = 0")
        with (
            self.emitter.region(
                0, [*(let.site.term for let in bound.lets), *terms_of(bound.plan)], {bound.root: "root"}
            ),
            self._with(bound.lets, bound.plan),
        ):
            result = self.plan(bound.plan)
            self.to.line(f"return {result}, notes")
        self.to.lines[1:1] = [f"    {counter} = 0" for counter in self.counters]
        self.to.finish("run", "s, root")

    @contextmanager
    def _with(self, lets: Sequence[Let], body: Plan) -> Iterator[None]:
        """Where the names have their values."""
        roots = [*(let.site.term for let in lets), *terms_of(body)]
        with ExitStack() as regions:
            for at, let in enumerate(lets):
                name = self._let(let.site)
                self.growth.bind(let.variable, let.site.term)
                regions.enter_context(self.emitter.region(let.variable.level, roots[at + 1 :], {let.variable: name}))
            yield

    def _let(self, site: Site) -> str:
        name = self.to.fresh("v")
        if site.term.total:
            self.to.line(f"{name} = {self.emitter.value(site.term)}")
        else:
            self.to.line(f"{name} = None")
            with self._noting(site):
                self.to.line(f"{name} = {self.emitter.value(site.term)}")
        return name

    def _note(self, site: Site, fault: str) -> None:
        where = "".join(f"{step}, " for step in self.where)
        self.to.line(f"note(notes, {site.number}, {fault}, ({where}))")

    @contextmanager
    def _noting(self, site: Site) -> Iterator[None]:
        with self.to.block("try:", loop=True):
            yield
        with self.to.block("except Fault as fault:"):
            self._note(site, "fault")

    # --- plans ---

    def plan(self, plan: Plan) -> str:
        """A name that holds the value."""
        if isinstance(plan, Constant):
            return self.to.kept(self.to.constant(plan.value))
        make = _MADE.get(type(plan))
        if make is not None:
            return make(self, plan)
        name = self.to.fresh("v")
        self.to.line(f"{name} = None")
        self._store(plan, lambda value: f"{name} = {value}")
        return name

    def _store(self, plan: Plan, put: Callable[[str], str]) -> None:
        """Write the plan's value where ``put`` says, if it is there."""
        if isinstance(plan, LeafPlan):
            name = self.to.fresh("v")
            self._leaf(plan, name, lambda: self.to.line(put(name)))
        elif isinstance(plan, Constant):
            self.to.line(put(self.to.constant(plan.value)))
        elif isinstance(plan, WhenPlan):
            with self.to.block(f"if {self._condition(plan.site)}:"):
                self._store(plan.body, put)
        elif isinstance(plan, LocalPlan):
            with self._with(plan.lets, plan.body):
                self._store(plan.body, put)
        else:
            name = self.shape(plan) if isinstance(plan, ShapePlan) else self.plan(plan)
            empty_is_absent = isinstance(plan, ShapePlan) and not plan.options.has_default
            with self.to.block(f"if {name}:" if empty_is_absent else f"if {name} is not None:"):
                self.to.line(put(name))

    def _leaf(self, plan: LeafPlan, name: str, store: Callable[[], None]) -> None:
        term, weighed = plan.site.term, self._is_weighed(plan.site)
        with ExitStack() as stack:
            if weighed or not term.total:
                stack.enter_context(self._noting(plan.site))
            self.to.line(f"{name} = {self.emitter.value(term)}")
            self._absent(plan.site, name, plan.options)
            with self.to.block(f"if {name} is not None:"):
                if weighed:
                    with self.to.block(f"if type({name}) is not str and type({name}) in BIG:"):
                        self.to.line(f"size = weigh({name}, size)")
                store()
            self._required(plan.site, plan.options)

    def _is_weighed(self, site: Site) -> bool:
        """Whether the value could be out of proportion: it grows, or what is outside of a loop comes into it."""
        modest = self.growth.is_modest(site.term) and self._from(site.term, site.loops)
        return not (modest or is_scalar(site.term))

    def _from(self, term: Term, loops: tuple[LoopPlan, ...]) -> bool:
        """Whether each element of the loops contributes its own part of the document, and no other."""
        for loop in reversed(loops):
            if term.free - loop.element.free or not self.growth.is_modest(loop.site.term):
                return False
            term = loop.site.term
        return True

    def _absent(self, site: Site, name: str, options: Options, reached: Reached | None = Reached.SET) -> None:
        """Empty values that count as absent, and the default of absent ones."""
        if options.omit_empty:
            self.to.line(f"if not {name} and type({name}) in EMPTY: {name} = None")
        if reached is not None:
            self._mark(site, reached, f"{name} is not None")
        if options.has_default:
            self._mark(site, Reached.DEFAULT, f"{name} is None")
            self.to.line(f"if {name} is None: {name} = {self.to.constant(options.default)}")

    def _mark(self, site: Site, reached: Reached, when: str) -> None:
        """Note that a document comes here, if anybody wants to know."""
        if self.marks is not None:
            self.to.line(f"if {when}: mark({self.marks.number(site, reached)})")

    def _required(self, site: Site, options: Options) -> None:
        if options.required:
            with self.to.block("else:"):
                self._note(site, "None")

    def shape(self, plan: ShapePlan) -> str:
        """A name that holds an object, empty where it is absent."""
        name = self.to.fresh("o")
        self.to.line(f"{name} = {{}}")
        for key, part in plan.fields:
            constant = self.to.constant(key)
            self._store(part, lambda value, constant=constant: f"{name}[{constant}] = {value}")  # type: ignore[misc]  # a default argument binds the loop's value
        if plan.options.has_default:
            self.to.line(f"if not {name}: {name} = {self.to.constant(plan.options.default)}")
        if plan.options.required:
            with self.to.block(f"if not {name}:"):
                self._note(plan.site, "None")
        return name

    def items(self, plan: ItemsPlan) -> str:
        """A name that holds a list of given length."""
        name = self.to.fresh("l")
        self.to.line(f"{name} = []")
        for item in plan.items:
            self._store(item, lambda value: f"{name}.append({value})")
        self.to.line(f"{name} = {name} or None")
        return name

    # --- choices ---

    def _condition(self, site: Site) -> str:
        """A name that says whether a condition holds: None where that cannot be told, which is noted."""
        name = self.to.fresh("w")
        if site.term.total:
            self.to.line(f"{name} = bool({self.emitter.test(site.term)})")
        else:
            self.to.line(f"{name} = None")
            with self._noting(site):
                self.to.line(f"{name} = bool({self.emitter.test(site.term)})")
        self._mark(site, Reached.HOLDS, name)
        self._mark(site, Reached.FAILS, f"{name} is False")
        return name

    def case(self, plan: CasePlan) -> str:
        """A name that holds what the chosen alternative makes."""
        result, undecided = self.to.fresh("v"), self.to.fresh("u")
        self.to.line(f"{result} = None")
        self.to.line(f"{undecided} = True")
        for alternative in plan.alternatives:
            with self.to.block(f"if {undecided}:"):
                self._alternative(alternative, result, undecided)
        self._absent(plan.site, result, plan.options, None)
        if plan.options.required:
            with self.to.block(f"if {result} is None:"):
                self._note(plan.site, "None")
        return result

    def _alternative(self, plan: Plan, result: str, undecided: str) -> None:
        if isinstance(plan, WhenPlan):
            condition = self._condition(plan.site)
            self.to.line(f"{undecided} = {condition} is False")
            with self.to.block(f"if {condition}:"):
                self._store(plan.body, lambda value: f"{result} = {value}")
        else:
            self._store(plan, lambda value: f"{result} = {value}")

    # --- loops ---

    def loop(self, plan: LoopPlan) -> str:
        """A name that holds the list that a loop makes."""
        base, result = self._let(plan.site), self.to.fresh("l")
        self.to.line(f"{result} = None")
        with self.to.block(f"if type({base}) is list:"):
            self.to.line(f"{result} = []")
            self.to.line(f"size = grown(size, len({base}))")
            self._body(plan, base, result, self._counter(plan))
        with self.to.block(f"elif {base} is not None:"):
            self._note(plan.site, f"not_a_list({base})")
        self._mark(plan.site, Reached.LOOP, base)
        self._absent(plan.site, result, plan.options, None)
        if plan.options.required:
            with self.to.block(f"if {result} is None:"):
                self._note(plan.site, "None")
        return result

    def _counter(self, plan: LoopPlan) -> str | None:
        """The name that counts what the loop makes of the whole document, if anything asks for it."""
        if not _uses(plan.body, plan.running):
            return None
        self.counters.append(self.to.fresh("c"))
        return self.counters[-1]

    def _body(self, plan: LoopPlan, base: str, result: str, counter: str | None) -> None:
        element, index = self.to.fresh("e"), self.to.fresh("i")
        variables = {plan.element: element, plan.index: index}
        self.where += [index, f"len({result})", counter or "0"]
        with self.to.block(f"for {index}, {element} in enumerate({base}):", loop=True):
            if _uses(plan.body, plan.row):
                variables[plan.row] = self.to.kept(f"len({result}) + 1")
            if counter is not None:
                variables[plan.running] = self.to.kept(f"{counter} + len({result}) + 1")
            with self.emitter.region(plan.element.level, terms_of(plan.body), variables):
                self._store(plan.body, lambda value: f"{result}.append({value})")
        if counter is not None:
            self.to.line(f"{counter} += len({result})")
        del self.where[-PER_LOOP:]


#: What leaves its value in a name of its own.
_MADE: dict[type, Callable[..., str]] = {
    ShapePlan: _Program.shape,
    ItemsPlan: _Program.items,
    LoopPlan: _Program.loop,
    CasePlan: _Program.case,
}


def _uses(plan: Plan, variable: Term) -> bool:
    return any(term is variable for term in reachable(terms_of(plan)))

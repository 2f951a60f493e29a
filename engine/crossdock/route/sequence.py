"""Compiles a list of steps: of a route, or of a ``choose`` branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from crossdock.errors import errors_in
from crossdock.route.asked import AS_IT_CAME
from crossdock.route.bench import Bench
from crossdock.route.destination import Destination
from crossdock.route.opening import OPENERS
from crossdock.route.passage import Emit, Labelled, Run
from crossdock.route.spec import RouteSpec
from crossdock.route.steps import STEPS
from crossdock.route.steps.contract import AnyStepKind, Flow
from crossdock.route.to import Target, compile_target, topic_shape
from crossdock.route.traits import Demand, Outlet, Publication
from crossdock.yaml_source.named_mapping import sibling

OPENING = ("edi", "decode", "split", *OPENERS)
#: Steps after which every document is there and as it was.
_PASSING = frozenset({"once", "latest", "throttle", "tap", "check", "validate"})
_SELECTING = frozenset({"filter"})
#: Steps after which a document is as it was, but for fields that the step names.
_ADDING = frozenset({"set", "lookup", "enrich", "call"})


@dataclass(slots=True)
class RouteBuilder:
    """Compiles the steps of one route. ``inside`` labels the branch it is in."""

    spec: RouteSpec
    flow: Flow
    destinations: list[Destination] = field(default_factory=list)
    inside: str = ""

    def steps(self, bench: Bench, written: Sequence[Mapping[str, object]], first: int = 0) -> tuple[Labelled, ...]:
        """The steps in order; ``bench`` stands at their list, of which ``written`` begins at ``first``."""
        compiled: list[Labelled] = []
        for index, entry in enumerate(written, start=first):
            label, run = self._step(bench.at(index), entry, index + 1)
            if run is not None:
                compiled.append((label, run))
        return tuple(compiled)

    def branch(self, bench: Bench, steps: Sequence[Mapping[str, object]]) -> tuple[Labelled, ...]:
        """Steps that only some documents go through: what they learn of the document is forgotten after them."""
        before, inside = self.flow, self.inside
        self.flow = replace(before, last="choose", as_published=False)
        self.inside = self._label_of(bench)
        compiled = self.steps(bench, steps)
        self.flow, self.inside = before, inside
        self._know(bench)
        return compiled

    def targets(self, bench: Bench, to: Sequence[Mapping[str, object]]) -> tuple[Emit, ...]:
        """The destinations in order; ``bench`` stands at their list."""
        emits: list[Emit] = []
        self._know(bench)
        for index, entry in enumerate(to):
            at = bench.at(index)
            self._check_encoded(at, entry)
            told = len(bench.notes.findings)
            target = compile_target(at, entry, self.spec)
            self._note(at, entry, target, sound=not errors_in(bench.notes.findings[told:]))
            if target is not None:
                watch = at.materials.watch if "when" not in entry else None
                emits.append(target.emit if watch is None else watch.emit(at.place(), target.emit))
            if target is not None and target.destination is not None:
                self.destinations.append(target.destination)
        return tuple(emits)

    def publishes(self, bench: Bench, topic: object, shape: str | None) -> None:
        """See ``Builder``."""
        if isinstance(topic, str):
            publication = Publication(topic_shape(topic), None if self.flow.encoded else shape, bench.place())
            bench.notes.traits.publications.append(publication)

    def demands(self, bench: Bench, shape: str, who: str) -> None:
        """See ``Builder``."""
        if self.flow.as_published:
            bench.notes.traits.demands.append(Demand(shape, who, bench.place()))

    def asks(self, destination: Destination) -> None:
        """See ``Builder``."""
        self.destinations.append(destination)

    def label(self, bench: Bench) -> str:
        """See ``Builder``."""
        numbers = [step for step in bench.path if isinstance(step, int)]
        return f"{self.inside}{numbers[-1] + 1} {bench.path[-1]}"

    def _note(self, bench: Bench, entry: Mapping[str, object], target: Target | None, *, sound: bool) -> None:
        """What the project must know of a destination."""
        named = entry.get("map")
        name = named.get("mapping") if isinstance(named, dict) else named
        mapping = bench.materials.mappings.get(name) if isinstance(name, str) else None
        if "topic" in entry:
            known = None if named or "encode" in entry else self.flow.shape
            self.publishes(bench.at("topic"), entry["topic"], mapping.makes if mapping else known)
        reads = mapping.reads if mapping is not None else None
        if mapping is not None and "when" not in entry and reads and reads in bench.materials.contracts:
            self.demands(bench.at("map"), reads, f"mapping '{mapping.name}' reads")
        if target is not None and target.destination is not None and sound:
            place = bench.at(target.destination.connector, "name").place()
            outlet = Outlet(place, conditional=bench.path[0] != "to" or "when" in entry)
            bench.notes.traits.outlets[target.destination.slot] = outlet

    def _check_encoded(self, bench: Bench, entry: Mapping[str, object]) -> None:
        for key in ("map", "encode"):
            if key in entry and (self.flow.encoded or not self.flow.document):
                why = "an 'encode' step has made the bytes already" if self.flow.encoded else "there is no document"
                bench.at(key).report("R210", f"'{key}' cannot work here: {why}", hint=_hint(self.flow), key=True)

    def _label_of(self, bench: Bench) -> str:
        """``2 choose, branch 1``: the path of the list of steps a branch has, as people count."""
        numbers = [step for step in bench.path if isinstance(step, int)]
        return f"{self.inside}{numbers[-2] + 1} choose, branch {numbers[-1] + 1}, "

    def _step(self, bench: Bench, entry: Mapping[str, object], number: int) -> tuple[str, Run | None]:
        name = next(iter(entry), "")
        label = f"{self.inside}{number} {name}"
        kind = self._kind(bench, entry)
        if kind is None or self._misplaced(bench.at(name), kind):
            return label, None
        at = bench.at(name)
        self._check_position(at, kind)
        self._know(bench)
        config = at.read(kind.config, _settings(kind, entry[name]), "R202", owner=f"step '{name}'")
        run: Run | None = kind.compile(config, at, self) if config is not None else None
        if run is not None and bench.materials.watch is not None:
            run = bench.materials.watch.step(at.place(key=True), label, run)
        self.flow.last = name
        self._learn(name, entry[name])
        self._know(bench)
        self.flow.as_published = self.flow.as_published and name in _PASSING
        bench.notes.traits.selective = bench.notes.traits.selective or name in _SELECTING
        return label, run

    def _learn(self, name: str, settings: object) -> None:
        """What a step leaves of what is known of the document."""
        flow = self.flow
        kept = name in _PASSING or name in _ADDING or name in _SELECTING or name in ("decode", "split")
        flow.untouched = flow.untouched and (kept or (name == "choose" and not _has_steps(settings)))
        if name == "decode":
            flow.layout = layout_of(settings)

    def _know(self, bench: Bench) -> None:
        """Say what the next expressions are asked of."""
        flow = self.flow
        by_part = flow.split and flow.by is None and flow.reader is None
        known = flow.shape
        if known is None and flow.untouched and flow.layout is not None and by_part:
            known = f"fixed/{flow.layout}"
        elif known is None and flow.untouched and not flow.decoded and not flow.split:
            known = AS_IT_CAME
        bench.notes.traits.here = known

    def _kind(self, bench: Bench, entry: Mapping[str, object]) -> AnyStepKind | None:
        if len(entry) != 1:
            shown = f"not {len(entry)}: {', '.join(entry)}" if entry else "not none"
            hint = sibling(entry["map"]) if entry.keys() == {"map", "with"} else "begin each step with '- '"
            bench.report("R201", f"a step has exactly one name, {shown}", hint=hint)
            return None
        name = next(iter(entry))
        if name not in STEPS:
            bench.at(name).unknown("R201", "step", name, STEPS, key=True)
        return STEPS.get(name)

    def _misplaced(self, bench: Bench, kind: AnyStepKind) -> bool:
        if self.inside and kind.name in OPENING:
            bench.report("R208", f"'{kind.name}' cannot stand in a branch", hint="put it before 'choose'", key=True)
            return True
        return False

    def _check_position(self, bench: Bench, kind: AnyStepKind) -> None:
        flow = self.flow
        if kind.needs_document and not flow.document:
            bench.report("R209", f"'{kind.name}' needs a document", hint="put 'decode' first", key=True)
            flow.document = flow.awaited = True  # told once
        elif kind.reshapes and flow.encoded:
            hint = "put 'encode' last, or at the destination"
            bench.report("R210", f"'{kind.name}' changes a document that is encoded already", hint=hint, key=True)


def _hint(flow: Flow) -> str:
    return "remove one of them" if flow.encoded else "put 'decode' first"


def _settings(kind: AnyStepKind, written: object) -> object:
    if kind.bare is not None:
        return {kind.bare: written}
    if kind.shorthand is not None and not isinstance(written, dict):
        return {kind.shorthand: written}
    return {} if written is None else written


def _has_steps(branches: object) -> bool:
    """Whether a branch of a choice does anything to a document."""
    listed = branches if isinstance(branches, list) else []
    inner = [one.get("otherwise", one) for one in listed if isinstance(one, dict)]
    return any(isinstance(one, dict) and one.get("steps") for one in inner)


def layout_of(codec: object) -> str | None:
    """The layout that ``decode: {fixed: …}`` names."""
    named = codec.get("fixed") if isinstance(codec, dict) else None
    layout = named.get("layout") if isinstance(named, dict) else named
    return layout if isinstance(layout, str) else None

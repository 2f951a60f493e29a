"""What can be asked of a standard and of what a project adds to it: sets, segments, elements, compiled sets.

A version as a document names it is looked up as it is first (a local version of the project), then by the release it
belongs to. Answers are kept in the dictionary itself, so two projects in one process do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, TypeVar

from crossdock.codecs.edi.grammar import Grammar, Sets, Syntax
from crossdock.codecs.edi.local import Local, rebased
from crossdock.codecs.edi.model import Element, Segment, TransactionSet
from crossdock.codecs.edi.narrowed import grammar_of_set
from crossdock.codecs.edi.narrowing import check_rules
from crossdock.codecs.edi.standard import Standard, composites_of, elements_of
from crossdock.message import EMPTY

T = TypeVar("T")
#: A partner's rules by the number of the set, as they are written (rules.py).
Rules: TypeAlias = "Mapping[str, Mapping[str, object]]"
KEPT = 1024  # answers of one kind: versions come from documents, and a hostile one must not fill memory


class Dictionary:
    """A standard, and the versions a project describes."""

    def __init__(self, standard: Standard, local: Mapping[str, Local] | None = None) -> None:
        self._standard = standard
        self._local = local or {}
        self._found: dict[tuple[str, str], TransactionSet | None] = {}
        self._compiled: dict[tuple[str, str], Grammar | None] = {}
        self._syntax = replace(standard.syntax, knows=self._knows) if local else standard.syntax

    @property
    def name(self) -> str:
        """Name of the standard."""
        return self._standard.name

    @property
    def standard(self) -> Standard:
        """The standard without what the project adds."""
        return self._standard

    @property
    def syntax(self) -> Syntax:
        """What its sets are compiled with."""
        return self._syntax

    @property
    def local(self) -> Mapping[str, Local]:
        """The versions of the project, by name."""
        return self._local

    @property
    def releases(self) -> list[str]:
        """Every release and local version."""
        return sorted({*self._standard.releases, *self._local})

    def _own(self, version: str) -> Local | None:
        return self._local.get(version) or self._local.get(self._standard.release_of(version))

    def find(self, number: str, version: str) -> TransactionSet | None:
        """The set at a version as a document names it; None where it is not described."""
        return _kept(self._found, (number, version), lambda: self._find(number, version))

    def _find(self, number: str, version: str) -> TransactionSet | None:
        own = self._own(version)
        if own is None:
            return self._standard.find_set(number, self._standard.release_of(version))
        if number in own.sets:
            return own.sets[number]
        base = self._standard.find_set(number, own.base)
        return base if base is None or own.name == own.base else rebased(base, own.segments, own.name)

    def grammar(self, number: str, version: str) -> Grammar | None:
        """The compiled set: what ``Settings.sets`` of a codec wants."""
        return _kept(self._compiled, (number, version), lambda: self._grammar(self.find(number, version)))

    def _grammar(self, definition: TransactionSet | None) -> Grammar | None:
        return None if definition is None else grammar_of_set(definition, self._syntax)

    def sets(self, rules: Rules, owner: str, versions: Mapping[str, str] = EMPTY) -> Sets:
        """For ``Settings.sets``: the sets under a partner's rules, both by number, ``owner`` as findings name it.

        ``versions`` are those that were agreed to be read by another version than they name (``004010ACME`` for 850).
        A rule that does not fit a set is left out here: ``check_rules`` has told it when the project was loaded.
        """
        compiled: dict[tuple[str, str], Grammar | None] = {}

        def made(number: str, sent: str) -> Grammar | None:
            definition = self.find(number, versions.get(number, sent))
            own = rules.get(number)
            return self._grammar(check_rules(definition, own, owner).definition if definition and own else definition)

        return lambda number, sent: _kept(compiled, (number, sent), lambda: made(number, sent))

    def known(self) -> list[tuple[str, str]]:
        """(number, release) of every set described, local versions with all they have of their release."""
        found = set(self._standard.known_sets())
        for own in self._local.values():
            found |= {(number, own.name) for number, release in self._standard.known_sets() if release == own.base}
            found |= {(number, own.name) for number in own.sets}
        return sorted(found)

    def segments(self, version: str) -> Mapping[str, Segment]:
        """Every segment, by tag."""
        own = self._own(version)
        return own.segments if own else self._standard.segments_of(self._standard.release_of(version))

    def composites(self, version: str) -> Mapping[str, Segment]:
        """Every composite, by number."""
        own = self._own(version)
        return own.composites if own else composites_of(self._standard, self._standard.release_of(version))

    def elements(self, version: str) -> Mapping[str, Element]:
        """Every element, by number."""
        own = self._own(version)
        return own.elements if own else elements_of(self._standard, self._standard.release_of(version))

    def set_name(self, number: str) -> str:
        """What a set is called; empty where nobody says."""
        own = (local.set_names[number] for local in self._local.values() if number in local.set_names)
        return next(own, self._standard.set_names.get(number, ""))

    def segment_name(self, tag: str) -> str:
        """What a segment is called; empty where nobody says."""
        own = (local.segment_names[tag] for local in self._local.values() if tag in local.segment_names)
        return next(own, self._standard.segment_names.get(tag, ""))

    def _knows(self, release: str, tag: str) -> bool:
        return tag in self.segments(release)


def _kept(answers: dict[tuple[str, str], T], key: tuple[str, str], make: Callable[[], T]) -> T:
    if key in answers:
        return answers[key]
    answer = make()
    if len(answers) < KEPT:
        answers[key] = answer
    return answer

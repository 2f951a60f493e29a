"""The ``fields:`` of a mapping as its author wrote them: which part is an expression, a shape, a loop, a choice.

What stands directly under ``fields:`` is a shape: its keys are names of the result, whatever they are. Below, text is an
expression, a list is a list, and a map is one of two things:

* *options*, if it has one of the words ``expr``, ``each``, ``fields``, ``default``, ``required``, ``omit_empty``, or if it
  has ``value``, ``case`` or ``use`` and every key is an option. Every key must then be an option.
* a *shape* otherwise: ``{id: $ship.N104, name: $ship.N102}``, and also ``{scheme: "'GLN'", value: N104}``.

A result field that is called like an option is written under ``fields:``: ``{fields: {default: N101}}``.

What options make, one of:

* ``expr``: the value of an expression; ``value``: a constant.
* ``fields``: an object. ``each`` with ``fields`` (or ``case``, ``use``): a list, one for every element of what the
  expression gives.
* ``case``: the first of a list whose ``when`` holds; the last one may do without.
* ``use``: what another mapping makes of the current node, or of what ``of`` gives (nothing, if that is null). ``with``
  gives its ``parameters``.

What else they say:

* ``when``: a condition; where it does not hold, the field is not there, whatever else its options say.
* ``let`` (beside ``fields`` or ``each``): names that these fields, and what is in them, reach as
  ``$name``.
* ``default``: what is there instead of nothing. ``required: true``: nothing is a finding. ``omit_empty: true``: empty
  text, lists and objects are nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from crossdock.message import Document
from crossdock.yaml_source import Path

MAX_LOOPS = 10  # ``each`` inside ``each``; no business document has half as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to do about a value that is absent: nothing (the field is left out), a default, or a finding."""

    default: Document = None
    has_default: bool = False
    required: bool = False
    omit_empty: bool = False


PLAIN = Options()


@dataclass(frozen=True, slots=True)
class Expr:
    """A JMESPath expression."""

    path: Path
    text: str
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class Constant:
    """A value, always written, null included."""

    path: Path
    value: Document


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these fields; absent if all of them are."""

    path: Path
    fields: tuple[tuple[str, Spec], ...]
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class Items:
    """A list of what is there of these; absent if nothing is."""

    path: Path
    items: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A list with one ``body`` for every element of what ``text`` gives; absent if that is null."""

    path: Path
    text_path: Path
    text: str
    body: Spec
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class When:
    """``body`` where the condition ``text`` (at ``path``) holds; absent elsewhere."""

    path: Path
    text: str
    body: Spec


@dataclass(frozen=True, slots=True)
class Case:
    """The first of ``alternatives`` whose condition holds. All but the last are ``When``."""

    path: Path
    alternatives: tuple[Spec, ...]
    options: Options = PLAIN


@dataclass(frozen=True, slots=True)
class Local:
    """``body``, in which each name stands for the value of its expression (at ``path`` and the name)."""

    path: Path
    names: tuple[tuple[str, str], ...]
    body: Spec


@dataclass(frozen=True, slots=True)
class Use:
    """What the mapping ``name`` makes of what ``of`` gives (None: the current node), ``given`` its parameters."""

    path: Path
    name: str
    of: str | None
    given: tuple[tuple[str, str], ...]
    options: Options = PLAIN


Spec: TypeAlias = Expr | Constant | Shape | Items | Each | When | Case | Local | Use

"""The partners of a project as routes use them: who they are, and what is done with what they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crossdock.errors import Place
from crossdock.partner.choosing import Roster
from crossdock.route.partners.handling import Handling

if TYPE_CHECKING:
    from crossdock.partner.agreement import Receives, Sends

FOLDER = "partners"


@dataclass(frozen=True, slots=True)
class Partners:
    """``handlings`` has, by the identity of an agreement, what is done with a document under it.

    ``reached`` is told, by the same, when a document is taken or sent under it, where cases are watched.
    ``published`` are the topics they may lead to, with their places; ``names`` are the partners whose files could be
    read, ``broken`` the others.
    """

    roster: Roster = field(default_factory=Roster)
    handlings: Mapping[int, Handling] = field(default_factory=dict)
    reached: Mapping[int, Callable[[], None]] = field(default_factory=dict)
    published: Mapping[str, Place] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    def handling(self, agreement: Receives) -> Handling:
        """What is done under an agreement."""
        return self.handlings[id(agreement)]

    def told(self, agreement: Receives | Sends | None) -> Callable[[], None]:
        """Called when something was done under an agreement."""
        return self.reached.get(id(agreement), _nothing)


def _nothing() -> None:
    """Nobody watches."""

"""The partners of a project as routes use them: who they are, and what is done with what they send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.errors import Place
from crossdock.partner.agreement import Receives
from crossdock.partner.choosing import Roster
from crossdock.route.partners.handling import Handling


@dataclass(frozen=True, slots=True)
class Partners:
    """``handlings`` has, by the identity of an agreement, what is done with a document under it.

    ``published`` are the topics they may lead to, with their places; ``names`` are the partners whose files could be
    read, ``broken`` the others.
    """

    roster: Roster = field(default_factory=Roster)
    handlings: Mapping[int, Handling] = field(default_factory=dict)
    published: Mapping[str, Place] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    def handling(self, agreement: Receives) -> Handling:
        """What is done under an agreement."""
        return self.handlings[id(agreement)]

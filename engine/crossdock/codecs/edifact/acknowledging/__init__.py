"""Acknowledgements of EDIFACT: CONTRL made for an interchange; CONTRL and APERAK read."""

from __future__ import annotations

from crossdock.codecs.edifact.acknowledging.answer import acknowledge
from crossdock.codecs.edifact.acknowledging.statements import statements_of

__all__ = ["acknowledge", "statements_of"]

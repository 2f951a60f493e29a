"""Where the segments, composites and elements of a release stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import Segment
from crossdock.codecs.edi.words import key_of


@dataclass(frozen=True, slots=True)
class Usage:
    """The uses at one version, found when asked."""

    dictionary: Dictionary
    version: str

    def of_element(self, number: str) -> list[str]:
        """Keys of the elements and components that are this element (or composite): PO103, DTM0102, C00101."""
        release = self.dictionary.segments(self.version)
        return [*_keys(self.dictionary.composites(self.version), number), *_keys(release, number)]

    def of_segment(self, tag: str) -> list[str]:
        """Numbers of the sets that have the segment."""
        described = (number for number, release in self.dictionary.known() if release == self.version)
        found = ((number, self.dictionary.find(number, self.version)) for number in described)
        return [number for number, definition in found if definition is not None and tag in definition.tags]


def _keys(segments: Mapping[str, Segment], number: str) -> list[str]:
    return [
        key_of(tag, position)
        for tag, segment in sorted(segments.items())
        for position, field in enumerate(segment.fields, start=1)
        if field.element.number == number
    ]

"""What a journal says happened, told so that two runs of the same load can be compared.

Ids differ from run to run. What stays is where a message comes from: the file it arrived in and, from part to part,
which part of what. That path, with the queue, names a piece of work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crossdock.delivery.states import State
from crossdock.journal.portable import KeyRow, MessageRow, QueueRow, Record, WorkRow
from crossdock.message import delivery_key

_FILE = "file.name"  # the header in which the file connector tells the name of what it brought


@dataclass(frozen=True, slots=True)
class Deed:
    """A piece of work as it ended. ``key`` is that of its effect, empty for the queue of a route."""

    queue: str
    path: str
    state: State
    attempts: int
    crashes: int
    key: str
    receipt: str
    label: str
    reason: str


@dataclass(slots=True)
class Story:
    """Every deed of a run, and how often each file arrived."""

    deeds: list[Deed] = field(default_factory=list)
    arrivals: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    """The rows that later ones refer to. Bodies are not kept."""

    queues: dict[int, str] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    works: list[WorkRow] = field(default_factory=list)
    arrivals: dict[str, int] = field(default_factory=dict)

    def message(self, row: MessageRow) -> None:
        self.ids[row.row] = row.id
        if row.parent is None:
            name = str(json.loads(row.headers or "{}").get(_FILE, row.id))
            self.arrivals[name] = self.arrivals.get(name, 0) + 1
            self.paths[row.id] = name
        else:
            self.paths[row.id] = f"{self.paths[row.parent]} > {row.route}#{row.position}"

    def deed(self, work: WorkRow) -> Deed:
        queue, id = self.queues[work.queue], self.ids[work.message]
        route, _, slot = queue.partition("/")
        return Deed(
            queue=queue,
            path=self.paths[id],
            state=work.state,
            attempts=work.attempts,
            crashes=work.crashes,
            key=delivery_key(id, route, slot) if slot else "",
            receipt=work.receipt or "",
            label=self.labels.get(work.message, ""),
            reason=" ".join(filter(None, (work.code, work.reason))),
        )


def read_story(records: Iterable[Record]) -> Story:
    """The story of a journal, from its records in their order."""
    reader = _Reader()
    for record in records:
        match record:
            case QueueRow():
                reader.queues[record.number] = record.name
            case MessageRow():
                reader.message(record)
            case WorkRow():
                reader.works.append(record)
            case KeyRow():
                reader.labels[record.message] = record.key
    return Story([reader.deed(work) for work in reader.works], reader.arrivals)


def by_place(story: Story) -> Mapping[tuple[str, str], list[Deed]]:
    """Deeds by queue and path. More than one in a place: something was accepted or made twice."""
    places: dict[tuple[str, str], list[Deed]] = {}
    for deed in story.deeds:
        places.setdefault((deed.queue, deed.path), []).append(deed)
    return places

"""Where everything of a graph stands: layers from left to right, few crossings, straight ways.

The way of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures" (IEEE Trans.
SMC, 1981): turn back edges around, give each node a layer, order the layers by the means of their neighbours, then
place them. Parts that are not connected are laid out by themselves, the largest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

Pair = tuple[str, str]
Way = tuple[tuple[float, float], ...]

GAP_X, GAP_Y = 72.0, 16.0  # between layers, and between nodes of one
BETWEEN = 40.0  # parts that are not connected
_SWEEPS = 12
_ROUNDS = 8
_WIDE = 1400.0  # parts beside each other, at most


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands: the upper left corner, and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Its height half-way down."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes by node, and for each edge the points it goes through, from the tail's side to the head's."""

    boxes: Mapping[str, Box]
    ways: Mapping[Pair, Way]
    width: float
    height: float


def lay_out(sizes: Mapping[str, tuple[float, float]], edges: Mapping[Pair, float]) -> Drawing:
    """The places of nodes of these sizes (width, height). ``edges`` have the width of what is written on them."""
    parts = [_Part(names, sizes, edges).drawn() for names in _connected(list(sizes), edges)]
    return _packed(sorted(parts, key=lambda part: -len(part.boxes)))


def _connected(names: Sequence[str], edges: Iterable[Pair]) -> list[list[str]]:
    near: dict[str, list[str]] = defaultdict(list)
    for tail, head in edges:
        near[tail].append(head)
        near[head].append(tail)
    seen: set[str] = set()
    parts = []
    for first in names:
        if first in seen:
            continue
        part, stack = {first}, [first]
        while stack:
            new = [one for one in near[stack.pop()] if one not in part]
            part.update(new)
            stack.extend(new)
        seen |= part
        parts.append([name for name in names if name in part])
    return parts


def _packed(parts: list[Drawing]) -> Drawing:
    """The first below nothing; others from left to right in rows, as far as the width allows."""
    limit = max([_WIDE, *(part.width for part in parts)])
    boxes: dict[str, Box] = {}
    ways: dict[Pair, Way] = {}
    left = top = deep = wide = 0.0
    for part in parts:
        if left and left + part.width > limit:
            left, top, deep = 0.0, top + deep + BETWEEN, 0.0
        boxes.update({name: replace(box, x=box.x + left, y=box.y + top) for name, box in part.boxes.items()})
        ways.update({edge: tuple((x + left, y + top) for x, y in way) for edge, way in part.ways.items()})
        wide, deep = max(wide, left + part.width), max(deep, part.height)
        left += part.width + BETWEEN
    return Drawing(boxes, ways, wide, top + deep)


class _Part:
    """One connected part. Long edges get a stand-in (a ``Pair`` and a layer, as text) in each layer they cross."""

    def __init__(self, names: list[str], sizes: Mapping[str, tuple[float, float]], edges: Mapping[Pair, float]) -> None:
        self._sizes = {name: sizes[name] for name in names}
        self._edges = {edge: width for edge, width in edges.items() if edge[0] in self._sizes}
        self._forward = _acyclic(names, [edge for edge in self._edges if edge[0] != edge[1]])
        self._layer = _layers(names, self._forward)
        self._chains: dict[Pair, list[str]] = {}
        self._before: dict[str, list[str]] = defaultdict(list)
        self._after: dict[str, list[str]] = defaultdict(list)
        self._rows: list[list[str]] = [[] for _ in range(max(self._layer.values()) + 1)]
        for name in names:
            self._rows[self._layer[name]].append(name)
        for edge in dict.fromkeys(self._forward):
            self._stretch(edge)

    def _stretch(self, edge: Pair) -> None:
        first, last = self._layer[edge[0]], self._layer[edge[1]]
        chain = [edge[0], *(f"{edge[0]}\0{edge[1]}\0{layer}" for layer in range(first + 1, last)), edge[1]]
        for layer, name in enumerate(chain[1:-1], start=first + 1):
            self._rows[layer].append(name)
        for one, two in pairwise(chain):
            self._after[one].append(two)
            self._before[two].append(one)
        self._chains[edge] = chain

    def drawn(self) -> Drawing:
        self._order()
        x, tops = self._columns(), self._heights()
        boxes = {}
        for name, (width, height) in self._sizes.items():
            left, column = x[self._layer[name]]
            boxes[name] = Box(left + (column - width) / 2, tops[name], width, height)
        ways = _spread({edge: self._way(edge, boxes, x, tops) for edge in self._edges}, boxes)
        wide = max(left + column for left, column in x)
        return Drawing(boxes, ways, wide, max(box.y + box.height for box in boxes.values()))

    # --- order ---

    def _order(self) -> None:
        """Sweep forth and back by the means of neighbours; keep the order with the fewest crossings."""
        best, fewest = [list(row) for row in self._rows], self._crossings()
        for sweep in range(_SWEEPS):
            forth = sweep % 2 == 0
            rows = self._rows[1:] if forth else self._rows[-2::-1]
            near = self._before if forth else self._after
            for row in rows:
                self._sort(row, near)
            if (now := self._crossings()) < fewest:
                best, fewest = [list(row) for row in self._rows], now
        self._rows = best

    def _sort(self, row: list[str], near: Mapping[str, list[str]]) -> None:
        place = self._places()
        means = {
            name: sum(place[one] for one in near[name]) / len(near[name]) if near.get(name) else place[name]
            for name in row
        }
        row.sort(key=means.__getitem__)

    def _places(self) -> dict[str, float]:
        return {name: number / len(row) for row in self._rows for number, name in enumerate(row)}

    def _crossings(self) -> int:
        place = {name: number for row in self._rows for number, name in enumerate(row)}
        total = 0
        for row in self._rows[:-1]:
            heads = [place[head] for name in row for head in sorted(self._after[name], key=place.__getitem__)]
            total += _inversions(heads)
        return total

    # --- places ---

    def _columns(self) -> list[tuple[float, float]]:
        """The left side and the width of each layer, after room for the ways that end there and what is on them."""
        gaps = [max(GAP_X, 1.5 * sum(len(self._before[name]) for name in row)) for row in self._rows]
        for (_, head), written in self._edges.items():
            layer = self._layer[head]
            gaps[layer] = max(gaps[layer], written + GAP_X / 2)
        columns, right = [], -gaps[0]
        for row, gap in zip(self._rows, gaps, strict=True):
            width = max((self._sizes[name][0] for name in row if name in self._sizes), default=0.0)
            columns.append((right + gap, width))
            right += gap + width
        return columns

    def _heights(self) -> dict[str, float]:
        """The tops: each as near to the mean of its neighbours as order and gaps allow, in some rounds."""
        tops: dict[str, float] = {}
        for row in self._rows:
            tops.update(_stacked(row, self._height, [0.0] * len(row)))
        for number in range(_ROUNDS):
            near = self._before if number % 2 == 0 else self._after
            if number == _ROUNDS - 1:
                near = {name: self._before[name] + self._after[name] for row in self._rows for name in row}
            for row in self._rows if number % 2 == 0 else reversed(self._rows):
                wanted = [self._wanted(name, near.get(name, []), tops) for name in row]
                tops.update(_stacked(row, self._height, wanted))
        highest = min(tops.values(), default=0.0)
        return {name: top - highest for name, top in tops.items()}

    def _wanted(self, name: str, near: Sequence[str], tops: Mapping[str, float]) -> float:
        if not near:
            return tops[name]
        return sum(tops[one] + self._height(one) / 2 for one in near) / len(near) - self._height(name) / 2

    def _height(self, name: str) -> float:
        return self._sizes[name][1] if name in self._sizes else 4.0

    def _way(
        self, edge: Pair, boxes: Mapping[str, Box], x: list[tuple[float, float]], tops: Mapping[str, float]
    ) -> Way:
        tail, head = boxes[edge[0]], boxes[edge[1]]
        if edge in self._chains:
            inner = self._chains[edge][1:-1]
        elif (edge[1], edge[0]) in self._chains:  # it goes back, and leaves and enters at the outer sides all the same
            inner = self._chains[edge[1], edge[0]][-2:0:-1]
        else:
            inner = []
        points = [(tail.x + tail.width, tail.middle)]
        for name in inner:
            left, width = x[int(name.rpartition("\0")[2])]
            sides = [(left, tops[name] + 2.0), (left + width, tops[name] + 2.0)]
            points.extend(sides if edge in self._chains else reversed(sides))
        return (*points, (head.x, head.middle))


def _spread(ways: Mapping[Pair, Way], boxes: Mapping[str, Box]) -> dict[Pair, Way]:
    """The ways, their ends spread over the side of the box they leave or enter, in the order in which they come."""
    spread = {edge: list(way) for edge, way in ways.items()}
    for end, next_ in ((0, 1), (-1, -2)):
        meeting: dict[str, list[Pair]] = defaultdict(list)
        for edge in ways:
            meeting[edge[end]].append(edge)
        for name, edges in meeting.items():
            edges.sort(key=lambda edge: ways[edge][next_][1])
            for number, edge in enumerate(edges, start=1):
                y = boxes[name].y + boxes[name].height * number / (len(edges) + 1)
                spread[edge][end] = (spread[edge][end][0], y)
    return {edge: tuple(way) for edge, way in spread.items()}


def _acyclic(names: Sequence[str], edges: Sequence[Pair]) -> list[Pair]:
    """The edges, those turned around that lead back to where a walk came from."""
    after: dict[str, list[str]] = defaultdict(list)
    heads = {head for _, head in edges}
    for tail, head in edges:
        after[tail].append(head)
    done: set[str] = set()
    back: set[Pair] = set()
    for first in sorted(names, key=lambda name: name in heads):  # those nothing leads to begin
        _walk(first, after, done, back)
    return [(head, tail) if (tail, head) in back else (tail, head) for tail, head in edges]


def _walk(first: str, after: Mapping[str, list[str]], done: set[str], back: set[Pair]) -> None:
    if first in done:
        return
    path, stack = {first}, [(first, iter(after.get(first, ())))]
    while stack:
        name, heads = stack[-1]
        head = next(heads, None)
        if head is None:
            done.add(name)
            path.discard(name)
            stack.pop()
        elif head in path:
            back.add((name, head))
        elif head not in done:
            path.add(head)
            stack.append((head, iter(after.get(head, ()))))


def _layers(names: Sequence[str], edges: Sequence[Pair]) -> dict[str, int]:
    """The longest way to each node; what nothing leads to then moves up to the layer before its first head."""
    after: dict[str, list[str]] = defaultdict(list)
    open_: dict[str, int] = dict.fromkeys(names, 0)
    for tail, head in dict.fromkeys(edges):
        after[tail].append(head)
        open_[head] += 1
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not open_[name]]
    first = list(ready)
    while ready:
        name = ready.pop()
        for head in after[name]:
            layer[head] = max(layer[head], layer[name] + 1)
            open_[head] -= 1
            if not open_[head]:
                ready.append(head)
    for name in first:
        if after[name]:
            layer[name] = min(layer[head] for head in after[name]) - 1
    return layer


def _inversions(numbers: Sequence[int]) -> int:
    """How many pairs stand the wrong way round."""
    tree = [0] * (max(numbers, default=0) + 2)
    found = 0
    for seen, number in enumerate(numbers):
        found += seen - _sum(tree, number + 1)
        place = number + 1
        while place < len(tree):
            tree[place] += 1
            place += place & -place
    return found


def _sum(tree: Sequence[int], place: int) -> int:
    total = 0
    while place > 0:
        total += tree[place]
        place -= place & -place
    return total


def _stacked(row: Sequence[str], height: Callable[[str], float], wanted: Sequence[float]) -> dict[str, float]:
    """Tops in the given order, at least a gap apart, with the least squares of the distances to what they want.

    With the room they need taken away, tops must not fall: isotonic regression, by pooling adjacent violators.
    """
    rooms, room = [], 0.0
    for name in row:
        rooms.append(room)
        room += height(name) + GAP_Y
    pools: list[tuple[float, int]] = []  # mean, how many
    for want, taken in zip(wanted, rooms, strict=True):
        mean, count = want - taken, 1
        while pools and pools[-1][0] > mean:
            other, many = pools.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        pools.append((mean, count))
    levels = [mean for mean, count in pools for _ in range(count)]
    return {name: level + taken for name, level, taken in zip(row, levels, rooms, strict=True)}

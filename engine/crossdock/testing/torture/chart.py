"""Time lines as SVG: what was dropped and took effect in each second, how long that took, and the faults behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from crossdock.testing.torture.report import Second, Span

_WIDTH, _LEFT, _TOP = 1000, 46, 8
_HEIGHT = 150
_LANE = 13  # height of a fault's name
_MOST_LANES = 8


def effects_chart(seconds: Sequence[Second], spans: Sequence[Span]) -> str:
    """Orders dropped (bars) and effects seen (line) in each second, with the faults in lanes below."""
    highest = max([1, *(max(one.dropped, one.effects) for one in seconds)])
    frame = _Frame(len(seconds), highest)
    bars = "".join(
        f'<rect x="{frame.x(one.at):.1f}" y="{frame.y(one.dropped):.1f}" width="{frame.step:.2f}" '
        f'height="{frame.floor - frame.y(one.dropped):.1f}" fill="var(--dropped)"/>'
        for one in seconds
        if one.dropped
    )
    line = _line(frame, [(one.at, float(one.effects)) for one in seconds], "var(--effects)")
    placed = list(_placed(frame, spans))
    height = _lane_top(frame, max((lane for _, lane in placed), default=-1)) + 6
    legend = _legend(frame, (("orders dropped each second", "--dropped"), ("effects each second", "--effects")))
    return _svg(height, _bands(frame, spans) + bars + line + frame.axes() + legend + _lanes(frame, placed))


def latency_chart(seconds: Sequence[Second], spans: Sequence[Span]) -> str:
    """How long it took from the drop of a file to an effect of it: median and longest of each second."""
    highest = max([0.1, *(one.slowest for one in seconds if one.slowest is not None)])
    frame = _Frame(len(seconds), highest)
    slowest = [(one.at, one.slowest) for one in seconds if one.slowest is not None]
    medians = [(one.at, one.median) for one in seconds if one.median is not None]
    dots = "".join(
        f'<circle cx="{frame.x(at + 0.5):.1f}" cy="{frame.y(value):.1f}" r="1.8" fill="var(--wait)" opacity=".45">'
        f"<title>{at} s: {value:.2f} s</title></circle>"
        for at, value in slowest
    )
    legend = _legend(frame, (("seconds from drop to effect: median", "--wait"), ("longest (dots)", "--wait")))
    line = _line(frame, medians, "var(--wait)")
    return _svg(frame.floor + 24, _bands(frame, spans) + dots + line + frame.axes() + legend)


class _Frame:
    """Where a second and a value are on the paper."""

    def __init__(self, seconds: int, highest: float) -> None:
        self.seconds, self.highest = max(seconds, 1), highest
        self.step = (_WIDTH - _LEFT) / self.seconds
        self.floor = _TOP + _HEIGHT

    def x(self, second: float) -> float:
        return _LEFT + min(second, self.seconds) * self.step

    def y(self, value: float) -> float:
        return self.floor - _HEIGHT * value / self.highest

    def axes(self) -> str:
        """The floor with seconds, and the highest value."""
        every = max(1, round(self.seconds / 10))
        ticks = "".join(
            f'<text x="{self.x(second):.1f}" y="{self.floor + 14}">{second} s</text>'
            for second in range(0, self.seconds, every)
        )
        highest = f"{self.highest:.0f}" if self.highest >= 10 else f"{self.highest:.1f}"  # noqa: PLR2004 - digits
        return (
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{self.floor}" y2="{self.floor}" stroke="var(--line)"/>'
            f'<text x="{_LEFT - 6}" y="{_TOP + 10}" text-anchor="end">{highest}</text>'
            f'<text x="{_LEFT - 6}" y="{self.floor}" text-anchor="end">0</text>{ticks}'
        )


def _svg(height: float, content: str) -> str:
    return f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img">{content}</svg>'


def _line(frame: _Frame, points: Sequence[tuple[int, float]], colour: str) -> str:
    path = " ".join(f"{frame.x(at + 0.5):.1f},{frame.y(value):.1f}" for at, value in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round"/>'


def _bands(frame: _Frame, spans: Sequence[Span]) -> str:
    return "".join(
        f'<rect x="{frame.x(span.start):.1f}" y="{_TOP}" width="{_width(frame, span):.1f}" height="{_HEIGHT}" '
        f'fill="var(--fault)" opacity=".16"><title>{_title(span)}</title></rect>'
        for span in spans
    )


def _width(frame: _Frame, span: Span) -> float:
    return max(1.5, frame.x(span.end) - frame.x(span.start))


def _title(span: Span) -> str:
    what = f"{span.fault}: {span.detail}" if span.detail else span.fault
    return escape(f"{what}, {span.start:.1f} to {span.end:.1f} s")


def _lanes(frame: _Frame, placed: Sequence[tuple[Span, int]]) -> str:
    """Each fault where it was, with its name."""
    return "".join(
        f'<rect x="{frame.x(span.start):.1f}" y="{_lane_top(frame, lane) - 8:.1f}" width="{_width(frame, span):.1f}" '
        f'height="9" rx="2" fill="var(--fault)"><title>{_title(span)}</title></rect>'
        f'<text x="{frame.x(span.end) + 4:.1f}" y="{_lane_top(frame, lane):.1f}">{escape(span.fault)}</text>'
        for span, lane in placed
    )


def _lane_top(frame: _Frame, lane: int) -> float:
    return frame.floor + 30 + lane * _LANE


def _placed(frame: _Frame, spans: Sequence[Span]) -> Iterator[tuple[Span, int]]:
    """Each fault in the first lane that is free where it was."""
    free = [0.0] * _MOST_LANES
    for span in spans:
        lane = next((number for number, end in enumerate(free) if end <= frame.x(span.start)), None)
        if lane is not None:  # a crowded time: the band and its title tell of it
            free[lane] = frame.x(span.end) + 8 + len(span.fault) * 6.2
            yield span, lane


def _legend(frame: _Frame, entries: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<rect x="{_LEFT + 10 + number * 210}" y="{_TOP + 2}" width="9" height="9" rx="2" fill="var({colour})"/>'
        f'<text x="{_LEFT + 24 + number * 210}" y="{_TOP + 10}">{escape(text)}</text>'
        for number, (text, colour) in enumerate(entries)
    )

from __future__ import annotations

import time
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.ops.graph.layout import GAP_X, GAP_Y, Box, Drawing, lay_out

NAMES = [f"n{number}" for number in range(12)]
EDGES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=30)


def drawn(*edges: str, more: str = "") -> Drawing:
    pairs = [tuple(edge.split(">", 1)) for edge in edges]
    names = dict.fromkeys([name for pair in pairs for name in pair] + more.split())
    return lay_out(dict.fromkeys(names, (80.0, 30.0)), {(pair[0], pair[1]): 0.0 for pair in pairs})


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height + GAP_Y <= other.y + 0.01 or other.y + other.height + GAP_Y <= one.y + 0.01


def test_what_comes_after_stands_to_the_right() -> None:
    boxes = drawn("a>b", "b>c", "a>c").boxes
    assert boxes["a"].x + boxes["a"].width + GAP_X == boxes["b"].x
    assert boxes["b"].x < boxes["c"].x


def test_a_chain_is_a_straight_line() -> None:
    boxes = drawn("a>b", "b>c").boxes
    assert boxes["a"].middle == boxes["b"].middle == boxes["c"].middle


def test_what_only_feeds_something_late_stands_beside_it() -> None:
    boxes = drawn("a>b", "b>c", "c>d", "late>d").boxes
    assert boxes["late"].x == boxes["c"].x


def test_ways_do_not_cross_where_they_need_not() -> None:
    boxes = drawn("a>x", "b>y", "c>z", "a>y", "b>z").boxes
    assert sorted("abc", key=lambda name: boxes[name].y) == sorted("abc")
    assert boxes["x"].y < boxes["y"].y < boxes["z"].y


def test_a_loop_is_drawn_back_to_where_it_began() -> None:
    found = drawn("a>b", "b>a")
    assert found.boxes["a"].x < found.boxes["b"].x
    assert found.ways["b", "a"][-1][0] == found.boxes["a"].x


def test_what_writes_on_a_way_gets_the_room() -> None:
    sizes = {"a": (80.0, 30.0), "b": (80.0, 30.0)}
    near, far = (lay_out(sizes, {("a", "b"): wide}).boxes["b"].x for wide in (0.0, 300.0))
    assert far > 300 > near


def test_parts_that_have_nothing_to_do_with_each_other_are_apart() -> None:
    found = drawn("a>b", "c>d", more="e")
    assert all(apart(one, two) for one, two in combinations(found.boxes.values(), 2))


@settings(max_examples=60, deadline=None)
@given(EDGES)
def test_nothing_lies_on_anything_whatever_the_project(edges: list[tuple[str, str]]) -> None:
    sizes = {name: (40.0 + 9 * number, 20.0 + 7 * (number % 3)) for number, name in enumerate(NAMES)}
    found = lay_out(sizes, dict.fromkeys(edges, 0.0))
    assert all(apart(one, two) for one, two in combinations(found.boxes.values(), 2))
    assert found.ways.keys() == set(edges)
    for (tail, head), way in found.ways.items():
        assert way[0][0] == found.boxes[tail].x + found.boxes[tail].width
        assert way[-1][0] == found.boxes[head].x
    for box in found.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= found.width + 0.01
        assert box.y + box.height <= found.height + 0.01


def test_the_same_project_is_drawn_the_same() -> None:
    edges = {(f"n{a}", f"n{b}"): 0.0 for a in range(9) for b in range(9) if (a * b) % 5 == 1}
    sizes = dict.fromkeys(NAMES, (60.0, 30.0))
    assert lay_out(sizes, edges) == lay_out(sizes, edges)


def test_hundreds_of_routes_are_a_matter_of_moments() -> None:
    sizes = {f"{kind}{number}": (90.0, 40.0) for kind in ("in", "route", "topic", "out") for number in range(150)}
    edges = {(f"in{n}", f"route{n}"): 0.0 for n in range(150)}
    edges |= {(f"route{n}", f"topic{n % 30}"): 0.0 for n in range(150)}
    edges |= {(f"topic{n % 30}", f"out{n}"): 0.0 for n in range(150)}
    started = time.process_time()
    lay_out(sizes, edges)
    assert time.process_time() - started < 3

"""Descriptions of IDocs: what a project may write, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Dictionary
from crossdock.codecs.idoc.notation import read_described, read_file
from crossdock.codecs.idoc.records import CONTROL_FIELDS, CONTROL_WIDTH, DATA_FIELDS, DATA_START, DATA_WIDTH
from crossdock.errors import ConfigError
from crossdock.ops.inspect import layouts


def test_the_records_add_up_to_their_documented_widths() -> None:
    assert CONTROL_FIELDS[-1].end == CONTROL_WIDTH == 524
    assert DATA_FIELDS[-1].end == DATA_START == 63
    starts = {one.name: one.start for one in CONTROL_FIELDS}
    assert (starts["IDOCTYP"], starts["MESTYP"], starts["SNDPRN"], starts["CREDAT"]) == (39, 99, 162, 378)


def test_every_segment_of_our_types_is_described_and_fits() -> None:
    dictionary = Dictionary(*shipped())
    for name in dictionary.names():
        waiting = list(dictionary.basic_type(name).children)  # type: ignore[union-attr]  # it is one of its names
        while waiting:
            node = waiting.pop()
            segment = dictionary.segment(node.name)
            assert segment is not None, node.name
            assert 0 < segment.width <= DATA_WIDTH
            waiting += node.children


def test_a_type_is_a_tree_by_its_indents() -> None:
    text = "segment Z1A: X 1\ntype ZT\n  Z1A M 1\n    Z1B 5\n      Z1C\n  Z1D\n"
    root = read_described(text, "t", {}).types["ZT"]
    first = root.children[0]
    assert [node.name for node in root.children] == ["Z1A", "Z1D"]
    assert (first.required, first.maximum, first.children[0].maximum) == (True, 1, 5)
    assert first.children[0].children[0].maximum is None


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("segmnt Z1A: X 1\n", "C400", 1),
        ("segment Z1A: X\n", "C400", 1),
        ("segment Z1A: X 1, X 2\n", "C400", 1),
        ("segment Z1A: X 1001\n", "C400", 1),
        ("segment Z1A: X 1\nsegment Z1A: Y 1\n", "C401", 2),
        ("type ZT\n   Z1A\n", "C400", 2),
        ("type ZT\n    Z1A\n", "C400", 2),
        ("type ZT\n  Z1A\n  Z1A\n", "C401", 3),
        ("type ZT\n  Z1A in Z1B\n", "C400", 2),
        ("extension ZX of ORDERS99\n", "C400", 1),
        ("  Z1A\n", "C400", 1),
    ],
)
def test_a_mistake_is_told_at_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        read_described(text, "mappings/idoc/z.txt", {})
    assert [(one.code, one.place.file, one.place.line) for one in caught.value.findings] == [
        (code, "mappings/idoc/z.txt", line)
    ]


def test_bytes_that_are_no_utf_8_are_told() -> None:
    with pytest.raises(ConfigError) as caught:
        read_file(b"# ok\n# \xff\n", "mappings/idoc/z.txt", {})
    assert caught.value.findings[0].place.line == 2


def test_the_descriptions_of_a_project_are_found(tmp_path: Path) -> None:
    (tmp_path / "mappings" / "idoc").mkdir(parents=True)
    (tmp_path / "mappings" / "idoc" / "zmat.txt").write_text("segment Z1A Z2A000: X 1\ntype ZMAT\n  Z1A M 1\n")
    described = layouts(tmp_path).idoc_descriptions()
    assert Dictionary(*described).type_of("Z2A000") == "Z1A"
    assert [name for one in described for name in one.types] == ["ZMAT"]

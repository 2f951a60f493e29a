"""The xml codec: what it reads, splits, writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock.codecs.contract import Part
from crossdock.codecs.xml import XmlCodec
from crossdock.codecs.xml.elements import ElementStream
from crossdock.codecs.xml.options import XmlOptions
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Document, Inline, Payload
from crossdock.xml_tree import Shape

Cut = Callable[[bytes, int], Payload]

BATCHES = b"""<Orders xmlns="urn:x" version="2">
  <Batch>
    <Order id="1"><No>A</No></Order>
    <Order id="2"><No>B</No><Line><Sku>x</Sku></Line>
      <Line><Sku>y</Sku></Line></Order>
  </Batch>
  <Note/>
  <Batch day="today">
    <Order id="3"><No>C</No><Line><Sku>z</Sku></Line></Order>
  </Batch>
</Orders>
"""


def codec(**options: object) -> XmlCodec:
    made = XmlOptions.model_validate(options)
    return XmlCodec(made, Shape(namespaces=made.namespaces, lists=made.lists))


def parts(made: XmlCodec, payload: Payload) -> list[Part]:
    return [part for part in made.read(payload) if isinstance(part, Part)]


def test_without_a_path_the_document_has_the_name_of_its_root() -> None:
    (part,) = parts(codec(), Inline(b"<Order><No>A</No></Order>"))
    assert part.document == {"Order": {"No": "A"}}


def test_with_the_root_as_path_the_document_is_its_content() -> None:
    for options in ({"root": "Order"}, {"path": "/Order"}):
        (part,) = parts(codec(**options), Inline(b"<Order><No>A</No></Order>"))
        assert part.document == {"No": "A"}


def test_the_elements_at_the_path_are_the_parts() -> None:
    read = parts(codec(path="/Orders/Batch/Order", lists=["Line"]), Inline(BATCHES))
    assert [(part.position, part.document) for part in read] == [
        (1, {"@id": "1", "No": "A"}),
        (2, {"@id": "2", "No": "B", "Line": [{"Sku": "x"}, {"Sku": "y"}]}),
        (3, {"@id": "3", "No": "C", "Line": [{"Sku": "z"}]}),
    ]


def test_an_element_of_the_name_at_another_depth_is_no_part() -> None:
    data = b"<a><b><b>inner</b></b><c><b>other</b></c></a>"
    assert [part.document for part in parts(codec(path="/a/b"), Inline(data))] == [{"b": "inner"}]


def test_the_path_may_tell_namespaces_apart() -> None:
    data = b'<o xmlns:p="urn:p"><p:n>1</p:n><n>2</n></o>'
    made = codec(path="/o/x:n", namespaces={"x": "urn:p"})
    assert [part.document for part in parts(made, Inline(data))] == ["1"]


def test_a_place_is_line_and_path_in_the_payload() -> None:
    _, second, third = parts(codec(path="/Orders/Batch/Order", lists=["Line"]), Inline(BATCHES))
    place = second.place("/Line/1/Sku")
    assert place is not None
    assert (place.line, place.element) == (5, "/Orders/Batch/Order[2]/Line[2]/Sku")
    place = third.place("/Line/0/Sku")
    assert place is not None
    assert (place.line, place.element) == (9, "/Orders/Batch[2]/Order/Line/Sku")
    place = third.place("/@id")
    assert place is not None
    assert (place.line, place.element) == (9, "/Orders/Batch[2]/Order/@id")
    assert third.place("/Line/1") is None


def test_the_place_in_a_whole_document_starts_behind_its_name() -> None:
    place = codec().whole(Inline(b"<o>\n<n>1</n></o>")).place("/o/n")
    assert place is not None
    assert (place.line, place.element, place.pointer) == (2, "/o/n", "/o/n")


@pytest.mark.parametrize("path", [None, "/Orders", "/Orders/Batch", "/Orders/Batch/Order"])
def test_a_part_decodes_on_its_own_to_the_same_document(path: str | None) -> None:
    made = codec(path=path)
    for part in parts(made, Inline(BATCHES)):
        (alone,) = parts(made, Inline(part.raw()))
        assert alone.document == part.document


def test_a_part_keeps_its_ancestors_and_not_its_siblings() -> None:
    last = parts(codec(path="/Orders/Batch/Order"), Inline(BATCHES))[-1]
    assert last.raw() == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Orders xmlns="urn:x" version="2"><Batch day="today">'
        b'<Order id="3"><No>C</No><Line><Sku>z</Sku></Line></Order></Batch></Orders>'
    )


def test_parts_can_be_asked_long_after_they_were_read() -> None:
    data = b"<Orders>" + b"".join(b"<Order><n>%d</n></Order>\n" % n for n in range(100)) + b"</Orders>"
    read = parts(codec(path="/Orders/Order"), Inline(data))
    place = read[49].place("/n")
    assert place is not None
    assert (place.line, place.element) == (50, "/Orders/Order[50]/n")
    assert b"<n>49</n>" in read[49].raw()


def test_memory_does_not_follow_the_payload() -> None:
    class Endless:
        size = 2_000_000_000

        def chunks(self) -> Iterator[bytes]:
            yield b"<Orders>"
            while True:
                yield b"<Order><n>1</n></Order>\n" * 2000

    made = codec(path="/Orders/Order")
    stream = ElementStream(Endless(), made.options.steps, made.shape).found()
    last = [next(stream) for _ in range(9_000)][-1]
    parent = last.element.getparent()
    assert parent is not None
    assert len(parent) < 6000


def test_nothing_at_the_path_is_said() -> None:
    for data in (b"<Orders/>", b"<Orders><Batch/></Orders>"):
        (note,) = codec(path="/Orders/Batch/Order").read(Inline(data))
        assert isinstance(note, Finding)
        assert (note.code, note.severity) == ("L130", Severity.NOTE)


def test_mixed_text_is_a_warning_of_the_part() -> None:
    (part,) = parts(codec(path="/o/p"), Inline(b"<o><p>a<b/>c</p></o>"))
    assert [(one.code, one.severity) for one in part.findings] == [("L105", Severity.WARNING)]


def test_a_declared_encoding_is_read() -> None:
    text = '<?xml version="1.0" encoding="{}"?><o><n>Müller</n></o>'
    for encoding in ("iso-8859-1", "utf-16", "windows-1252", "utf-8"):
        for path in ("/o", "/o/n"):
            whole = codec(path=path).read(Inline(text.format(encoding).encode(encoding)))
            assert "Müller" in str([part.document for part in whole if isinstance(part, Part)])


def test_one_document_is_written_under_its_own_name_or_the_root_of_the_options() -> None:
    expected = b'<?xml version="1.0" encoding="UTF-8"?>\n<Order><No>A</No></Order>\n'
    assert b"".join(codec().write([{"Order": {"No": "A"}}])) == expected
    assert b"".join(codec(root="Order").write([{"No": "A"}])) == expected


def test_several_documents_are_written_under_the_elements_of_the_path() -> None:
    assert b"".join(codec(path="/Orders/Batch/Order").write([{"No": 1}, {"No": 2}])) == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Orders><Batch>\n<Order><No>1</No></Order>\n'
        b"<Order><No>2</No></Order>\n</Batch></Orders>\n"
    )


def test_no_document_under_a_path_is_an_empty_batch() -> None:
    assert parts(codec(path="/Orders/Order"), Inline(b"".join(codec(path="/Orders/Order").write([])))) == []


def test_indent_is_for_people_and_changes_no_value() -> None:
    made = codec(path="/Orders/Order", indent=2)
    data = b"".join(made.write([{"No": "1", "Line": [{"Sku": "x"}, {"Sku": ""}]}]))
    assert data.decode().splitlines()[1:7] == [
        "<Orders>",
        "  <Order>",
        "    <No>1</No>",
        "    <Line>",
        "      <Sku>x</Sku>",
        "    </Line>",
    ]
    assert parts(made, Inline(data))[0].document == {"No": "1", "Line": [{"Sku": "x"}, {"Sku": ""}]}


def test_what_a_stylesheet_made_passes_through_as_utf_8() -> None:
    made = '<?xml version="1.0" encoding="UTF-16"?>\n<Order a="1"><No>ä</No> </Order>'
    assert b"".join(codec().write([made])) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Order a="1"><No>ä</No> </Order>'.encode()
    )
    assert b"<Orders>\n<Order a=" in b"".join(codec(path="/Orders/Order").write([made]))


def test_two_documents_have_no_common_root_unless_the_path_names_it() -> None:
    with pytest.raises(Reject) as caught:
        b"".join(codec(root="Order").write([{"No": 1}, {"No": 2}]))
    assert caught.value.code == "L210"


def test_a_document_without_a_name_for_its_root_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        b"".join(codec().write([{"a": 1, "b": 2}]))
    assert caught.value.code == "L212"


@pytest.mark.parametrize(
    "options", [{"path": "Orders"}, {"path": "/a//b"}, {"path": "/a", "root": "a"}, {"root": "a/b"}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        XmlOptions.model_validate(options)


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), min_size=0, max_size=8)
ORDERS = st.fixed_dictionaries(
    {"No": TEXTS, "Line": st.lists(st.fixed_dictionaries({"@n": TEXTS, "Sku": TEXTS}), min_size=1, max_size=3)}
)


@settings(max_examples=40)
@given(st.lists(ORDERS, max_size=4), st.integers(1, 60), st.sampled_from(["/Orders/Order", "/a/b/c/d"]))
def test_what_is_written_is_read_again_however_it_is_cut(
    cut: Cut, orders: list[Document], piece: int, path: str
) -> None:
    made = codec(path=path, lists=["Line"])
    data = b"".join(made.write(orders))
    assert [part.document for part in parts(made, cut(data, piece))] == orders

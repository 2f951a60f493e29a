"""Frames as they are written, and content as it is read: py-amqp reads what we write, and we read what anyone writes."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from amqp import spec
from hypothesis import given
from hypothesis import strategies as st

from crossdock.amqp import frames
from crossdock.amqp.message import Field, Outgoing, Properties
from crossdock.amqp.reading import Content, Frame, frame_handler, properties
from crossdock.errors import Reject

CHANNEL, FRAME_MAX = 3, 4096

_short = st.text(max_size=60)
_fields: st.SearchStrategy[Field] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31) + 1, 2**63 - 1)
    | st.text(max_size=20)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_short, inner, max_size=3),
    max_leaves=8,
)
_properties = st.builds(
    Properties,
    content_type=st.none() | _short,
    content_encoding=st.none() | _short,
    headers=st.dictionaries(_short, _fields, max_size=4),
    persistent=st.booleans(),
    priority=st.none() | st.integers(0, 255),
    correlation_id=st.none() | _short,
    reply_to=st.none() | _short,
    expiration=st.none() | _short,
    message_id=st.none() | _short,
    timestamp=st.none() | st.integers(0, 2**63),
    type=st.none() | _short,
    user_id=st.none() | _short,
    app_id=st.none() | _short,
)


class _Connection:
    bytes_recv = 0


def cut(data: bytes) -> list[Frame]:
    found: list[Frame] = []
    while data:
        kind, channel, size = struct.unpack_from(">BHI", data)
        assert data[7 + size] == 0xCE
        found.append((kind, channel, data[7 : 7 + size]))
        data = data[8 + size :]
    return found


def received(data: bytes) -> Content:
    """What a consumer gets of a published message: a delivery has another method before the same content."""
    got: list[Content | None] = []
    on_frame = frame_handler(_Connection(), lambda channel, method, arguments, content: got.append(content))
    arguments = b"\x01t" + struct.pack(">QB", 1, 0) + b"\x00\x01k"  # consumer tag, tag, redelivered, exchange, key
    deliver = (1, CHANNEL, struct.pack(">HH", *spec.Basic.Deliver) + arguments)
    done = [on_frame(frame) for frame in (deliver, *cut(data)[1:])]
    assert done == [*[False] * (len(done) - 1), True]
    (content,) = got
    assert content is not None
    return content


@given(_properties, st.binary(max_size=10_000))
def test_what_is_published_is_what_is_read(given_properties: Properties, body: bytes) -> None:
    content = received(frames.publish(Outgoing("e", "k", body, given_properties), CHANNEL, FRAME_MAX))
    assert content.malformed is None
    assert bytes(content.body or b"") == body
    assert properties(content) == replace(given_properties, headers=dict(given_properties.headers))


def test_decimals_moments_and_bytes_travel_in_headers() -> None:
    headers: dict[str, Field] = {"price": Decimal("12.50"), "at": datetime(2026, 11, 20, tzinfo=UTC), "raw": b"\xff"}
    content = received(frames.publish(Outgoing("", "k", b"", Properties(headers=headers)), CHANNEL, FRAME_MAX))
    assert properties(content).headers["price"] == Decimal("12.50")


def test_a_body_larger_than_a_frame_is_cut() -> None:
    kinds = [kind for kind, _, payload in cut(frames.publish(Outgoing("", "k", b"x" * 9000), CHANNEL, FRAME_MAX))]
    assert kinds == [1, 2, 3, 3, 3]


def test_every_publish_is_mandatory() -> None:
    assert cut(frames.publish(Outgoing("e", "k", b""), CHANNEL, FRAME_MAX))[0][2].endswith(b"\x01e\x01k\x01")


@pytest.mark.parametrize(
    "message",
    [
        Outgoing("", "k" * 256, b""),
        Outgoing("", "é" * 128, b""),
        Outgoing("", "k", b"", Properties(message_id="x" * 256)),
        Outgoing("", "k", b"", Properties(priority=256)),
        Outgoing("", "k", b"", Properties(timestamp=-1)),
        Outgoing("", "k", b"", Properties(headers={"big": 2**64})),
        Outgoing("", "k", b"", Properties(headers={"long": "x" * 5000})),
        Outgoing("", "\ud800", b""),
    ],
)
def test_what_amqp_cannot_carry_is_refused_before_it_is_sent(message: Outgoing) -> None:
    with pytest.raises(Reject) as rejected:
        frames.publish(message, CHANNEL, FRAME_MAX)
    assert rejected.value.code == "B130"


@given(st.binary(min_size=2, max_size=60), st.binary(max_size=20))
def test_whatever_stands_in_the_properties_the_body_arrives(hostile: bytes, body: bytes) -> None:
    header = struct.pack(">HHQ", 60, 0, len(body)) + hostile
    data = frames._frame(1, CHANNEL, b"") + frames._frame(2, CHANNEL, header)
    content = received(data + (frames._frame(3, CHANNEL, body) if body else b""))
    assert bytes(content.body or b"") == body
    assert isinstance(properties(content), Properties)

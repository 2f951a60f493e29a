"""Bad inputs, XML whose DOCTYPE a route passes over: only the harmless one, and no entity ever becomes emptiness."""

from __future__ import annotations

import pytest

from crossdock.codecs.xml import CODEC
from crossdock.errors import Reject
from crossdock.message import Inline

LENIENT = {"doctype": "ignore"}


@pytest.mark.parametrize("path", [None, "/a/b"])
@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>',
        b'<!DOCTYPE a SYSTEM "x.dtd" [<!ENTITY x "y">]><a><b>&x;</b></a>',
        b'<!DOCTYPE a SYSTEM "x.dtd" []><a><b>1</b></a>',
        b"<!DOCTYPE a><a><b>1</b></a>",
        b'<!DOCTYPE a SYSTEM "x.dtd"><!DOCTYPE a SYSTEM "x.dtd"><a><b>1</b></a>',
        b'<!DOCTYPE a SYSTEM "x.dtd"><a><b>&x;</b></a>',
        b'<!DOCTYPE a SYSTEM "x.dtd"><a><b c="&x;">1</b></a>',
        b'<!DOCTYPE a SYSTEM "x.dtd" [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a><b>1</b></a>',
        b'<a><!DOCTYPE a SYSTEM "x.dtd"><b>1</b></a>',
        '<!DOCTYPE a SYSTEM "x.dtd"><a><b>1</b></a>'.encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "x.dtd',
    ],
)
def test_every_other_doctype_and_every_entity_is_refused(data: bytes, path: str | None) -> None:
    codec = CODEC.open(CODEC.options.model_validate({**LENIENT, "path": path}), None)  # type: ignore[arg-type]  # unused
    with pytest.raises(Reject) as caught:
        list(codec.read(Inline(data)))
    assert caught.value.code in ("L101", "L102")


def test_a_long_address_is_read_once() -> None:
    codec = CODEC.open(CODEC.options.model_validate({**LENIENT, "path": "/a"}), None)  # type: ignore[arg-type]  # unused
    data = b'<!DOCTYPE a SYSTEM "' + b"x" * 1_000_000 + b'"><a>1</a>'
    assert codec.whole(Inline(data)).document == "1"
    with pytest.raises(Reject):
        codec.whole(Inline(b"<!DOCTYPE a SYSTEM" + b" " * 1_000_000 + b"<a>1</a>"))

"""URLs and headers made from documents: what is filled in stays one part, whatever is in it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from tests.unit.http_out.conftest import parcel

from crossdock.connector.http.address import HeaderTemplates, UrlTemplate, filled_headers, filled_url
from crossdock.connector.http.exchange import Request, shown
from crossdock.connector.template import Template
from crossdock.errors import Reject

URL = TypeAdapter(UrlTemplate)
HEADERS = TypeAdapter(HeaderTemplates)


def url(text: str, document: dict[str, str], **query: str) -> str:
    templates = {name: Template.parse(value) for name, value in query.items()}
    return filled_url(URL.validate_python(text), templates, parcel(document))  # type: ignore[arg-type] # str is a Document


@pytest.mark.parametrize(
    ("value", "written"),
    [("a/b", "a%2Fb"), ("x?y#z", "x%3Fy%23z"), ("50%", "50%25"), ("Zürich", "Z%C3%BCrich"), ("a b&c", "a%20b%26c")],
)
def test_a_value_stays_one_part_of_the_path(value: str, written: str) -> None:
    assert url("https://erp.example/orders/{n}/lines", {"n": value}) == f"https://erp.example/orders/{written}/lines"


@given(st.text(min_size=1, max_size=40).filter(lambda text: text not in (".", "..") and "\0" not in text))
def test_whatever_the_value_the_url_keeps_its_structure(value: str) -> None:
    try:
        made = url("https://erp.example/orders/{n}?v=1", {"n": value}, q="{n}")
    except Reject:
        assert not value.isprintable() or any(0xD800 <= ord(character) < 0xE000 for character in value)
        return
    parts = urlsplit(made)
    assert (parts.netloc, parts.path.count("/"), parts.query.count("&")) == ("erp.example", 2, 1)
    assert unquote(parts.path.rpartition("/")[2]) == value


@pytest.mark.parametrize("value", [".", ".."])
def test_a_value_that_would_climb_out_of_its_folder_is_refused(value: str) -> None:
    with pytest.raises(Reject) as caught:
        url("https://erp.example/orders/{n}", {"n": value})
    assert caught.value.code == "K103"


def test_a_missing_value_is_refused_and_named() -> None:
    with pytest.raises(Reject) as caught:
        url("https://erp.example/orders/{buyer.id}", {}, q="{other}")
    assert caught.value.code == "K101"


@pytest.mark.parametrize(
    "text",
    [
        "erp.example/orders",
        "https://{host}/orders",
        "https://erp.example{path}",
        "ftp://erp.example/",
        "https://user:secret@erp.example/",
        "https://erp.example/a#b",
        "https://erp.example/ä",
        "https://erp.example/a b",
        "{all}",
        "https://erp.example:99999/",
    ],
)
def test_scheme_and_host_are_written_out(text: str) -> None:
    with pytest.raises(ValidationError):
        URL.validate_python(text)


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "a\nb", "nul\0", "ü", "x" * 9000])
def test_a_value_never_becomes_another_header(value: str) -> None:
    templates = HEADERS.validate_python({"X-Order": "{n}"})
    with pytest.raises(Reject):
        filled_headers(templates, parcel({"n": value}))


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "X Order", "X:Y", ""])
def test_headers_that_the_exchange_needs_are_its_own(name: str) -> None:
    with pytest.raises(ValidationError):
        HEADERS.validate_python({name: "x"})


def test_people_see_the_names_of_parameters_and_no_values() -> None:
    assert shown("https://a.example:8443/x?api_key=s3cret&q=") == "https://a.example:8443/x?api_key=…&q=…"
    assert str(Request(method="GET", url="https://a.example/x?k=s3cret")) == "GET https://a.example/x?k=…"


def test_a_header_takes_the_place_of_one_with_the_same_name() -> None:
    request = Request(method="GET", url="https://a.example/", headers={"accept": "a", "X-B": "b"})
    assert request.with_headers({"Accept": "c"}).headers == {"X-B": "b", "Accept": "c"}

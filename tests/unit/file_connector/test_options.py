"""What may be written in a route, and what is refused when it is loaded."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from crossdock_connectors.file import CONNECTOR, SinkOptions, SourceOptions


def source(**options: object) -> SourceOptions:
    return SourceOptions.model_validate({"path": "inbox", **options})


def mistake(model: type[SourceOptions | SinkOptions], **options: object) -> str:
    with pytest.raises(ValidationError) as error:
        model.model_validate({"path": "inbox", **options})
    details: list[Any] = error.value.errors()
    return "; ".join(str(detail.get("ctx", {}).get("error", detail["msg"])) for detail in details)


def test_the_shortest_source_is_a_path() -> None:
    assert source().model_dump() == {
        "path": "inbox",
        "match": ("*",),
        "ignore": (),
        "recursive": False,
        "every": 1.0,
        "ready": "stable",
        "stable_for": 1.0,
        "after": "archive",
        "rejects": None,
        "order": "name",
        "limit": 10_000,
        "max_size": 1_000_000_000,
    }


def test_amounts_are_written_with_their_unit() -> None:
    options = source(every="500ms", stable_for="2m", max_size="20MB")
    assert (options.every, options.stable_for, options.max_size) == (0.5, 120.0, 20_000_000)
    assert "a duration such as" in mistake(SourceOptions, every=5)


@pytest.mark.parametrize("path", ["../inbox", "in/../../box", "..", "", "  ", "a\nb", "a\0b", "~/inbox"])
def test_a_path_that_leads_upwards_or_nowhere_is_refused(path: str) -> None:
    assert mistake(SourceOptions, path=path)
    assert mistake(SinkOptions, path=path)


@pytest.mark.parametrize("path", ["inbox", "inbox/", "./inbox", "inbox//"])
def test_one_folder_can_be_written_in_several_ways(path: str) -> None:
    assert source(path=path).path == "inbox"


def test_a_misspelt_option_is_refused() -> None:
    assert "Extra inputs" in mistake(SourceOptions, pth="inbox")


def test_the_ways_to_be_ready() -> None:
    assert source(ready="rename").ready == "rename"
    assert source(ready={"marker": ".done"}).model_dump()["ready"] == {"marker": ".done"}
    assert source(ready={"rename": [".a", ".b"]}).model_dump()["ready"] == {"rename": (".a", ".b")}
    assert mistake(SourceOptions, ready="whenever")
    assert "no ending" in mistake(SourceOptions, ready={"marker": "a/b"})


def test_an_accepted_file_cannot_be_moved_to_where_it_would_be_read_again() -> None:
    assert "would be read again" in mistake(SourceOptions, after={"move": "inbox/"})
    assert "would be read again" in mistake(SourceOptions, after={"move": "inbox/done"}, recursive=True)
    assert "would be read again" in mistake(SourceOptions, rejects="inbox")
    assert "would be read again" in mistake(SourceOptions, path=".", after={"move": "done"}, recursive=True)


def test_a_target_in_the_folder_is_fine_where_sub_folders_are_not_read() -> None:
    assert source(after={"move": "inbox/done"}).away == "inbox/done"
    assert source(after={"move": "inbox-done"}, recursive=True).away == "inbox-done"


def test_a_destination_begins_with_a_folder_that_is_written_out() -> None:
    assert "written out" in mistake(SinkOptions, path="{buyer.id}/out")
    assert "written out" in mistake(SinkOptions, path="/{buyer.id}")
    assert SinkOptions.model_validate({"path": "out/{buyer.id}"}).path.text == "out/{buyer.id}"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a/b.txt", "path separator"),
        ("a\\{number}", "path separator"),
        (".{number}", "begins with a dot"),
        ("{number}.", "ends with a dot"),
        ("CON.txt", "device"),
        ("a\nb", "control character"),
        ("{number", "without its other half"),
        ("{}", "nothing in them"),
        ("{$sequence}", "after $ there may be"),
        ("{number:05}", "only $now takes a format"),
        ("{$now:%A}", "no format of a time"),
        ("{lines[*].sku}", "no path into the document"),
        ("x" * 256, "longer than 255 bytes"),
        ("", "it is empty"),
    ],
)
def test_a_name_that_cannot_be_is_refused_when_the_route_is_loaded(name: str, why: str) -> None:
    assert why in mistake(SinkOptions, name=name)


@pytest.mark.parametrize("mode", ["640", "0640"])
def test_permissions_are_written_in_octal(mode: str) -> None:
    assert SinkOptions.model_validate({"path": "out", "mode": mode}).mode == mode


def test_permissions_that_are_none_are_refused() -> None:
    assert "file mode" in mistake(SinkOptions, mode="rw-r--r--")
    assert "file mode" in mistake(SinkOptions, mode="4755")


def test_the_options_have_a_schema_for_editors() -> None:
    assert CONNECTOR.source is not None
    assert CONNECTOR.sink is not None
    assert CONNECTOR.source.options.model_json_schema()["required"] == ["path"]
    assert CONNECTOR.sink.options.model_json_schema()["properties"]["name"]["type"] == "string"

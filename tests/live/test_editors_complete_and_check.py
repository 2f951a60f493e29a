"""What an editor says of the files of a project, asked of the very server that VS Code and most others run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.main import crossdock
from crossdock.ops.schemas.editors import SETTINGS, write_modelines
from crossdock.ops.schemas.name_file import refresh_names
from crossdock.testing.servers.fixtures import or_skip
from crossdock.testing.servers.yaml_language_server import YamlLanguageServer

#: A file of each kind, and what is not usual in routes.
SHOWN = (
    "crossdock.yaml",
    "routes/**/*.yaml",
    "partners/*.yaml",
    "mappings/layouts/*.yaml",
    "mappings/dialects/*.yaml",
    "mappings/x12/order-to-x12-850.yaml",
    "mappings/presets/shopify-order-to-order.yaml",
    "mappings/x12-850-to-order.yaml",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as ``crossdock init`` makes it."""
    folder = tmp_path_factory.mktemp("editor") / "shop"
    made = CliRunner().invoke(crossdock, ["init", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture(scope="module")
def server(shop: Path) -> Iterator[YamlLanguageServer]:
    """The server over the project, with the settings that ``init`` has written."""
    schemas = json.loads((shop / SETTINGS).read_text())["yaml.schemas"]
    with or_skip(lambda: YamlLanguageServer(shop, schemas)) as running:
        yield running


_NUMBERS = count(1)


@pytest.fixture
def new() -> Callable[[str], str]:
    """Paths of files that are not there yet, by the folder they would be in."""
    return lambda folder: f"{folder}/new-{next(_NUMBERS)}.yaml"


def _labels(found: list[dict[str, object]]) -> set[object]:
    return {one["label"] for one in found}


# Proposals


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("|", {"from", "steps", "to", "route: from a folder to a topic"}),
        ("from:\n  |", {"file", "sftp", "http", "topic", "expect", "shopify"}),
        ("from:\n  file:\n    |", {"path", "match", "every", "after", "stable_for"}),
        ("from: {topic: a.b}\nsteps:\n  - |", {"decode", "split", "map", "validate", "once", "choose"}),
        ("from: {topic: a.b}\nsteps:\n  - decode: |", {"x12", "edifact", "csv", "json"}),
        ("from: {topic: a.b}\nsteps:\n  - map: |", {"x12-850-to-order", "order-to-x12-850"}),
        ("from: {topic: a.b}\nsteps:\n  - validate: |", {"order/v1", "shipment/v1"}),
        ("from: {topic: a.b}\nsteps:\n  - lookup: {table: |}", {"uom", "sites"}),
        ("from: {topic: a.b}\nsteps:\n  - once:\n      |", {"key", "within"}),
        ("from:\n  topic: |", {"order.received", "inventory.changed"}),
        ("from: {topic: a.b}\nto:\n  - |", {"file", "sql", "topic", "when", "retry"}),
        ("from: {topic: a.b}\nto:\n  - file:\n      path: a\n      |", {"name", "exists", "mode"}),
        ("from: {topic: a.b}\nto:\n  - file: {path: a}\n    encode: {fixed: |}", {"erp-order", "mainframe-order"}),
        ("from: {topic: a.b}\nsteps:\n  - choose:\n      - when: a\n        to:\n          - |", {"file", "topic"}),
        ("from: {topic: a.b}\ncases:\n  - given: |", {"samples/canonical/order.json"}),
    ],
)
def test_what_may_stand_in_a_route_is_proposed(
    server: YamlLanguageServer, new: Callable[[str], str], text: str, proposed: set[str]
) -> None:
    assert proposed <= _labels(server.completions(new("routes"), text))


@pytest.mark.parametrize(
    ("path", "text", "proposed"),
    [
        ("mappings", "|", {"from", "to", "fields", "let", "cases", "extends"}),
        ("mappings", "from: x12/850\nto: |", {"order/v1", "x12/850", "edifact/ORDERS"}),
        ("mappings", "fields:\n  lines:\n    |", {"each", "fields", "expr", "default", "required"}),
        ("mappings/layouts", "record:\n  |", {"tag", "fields", "groups"}),
        ("partners", "|", {"ids", "receives", "sends", "channel", "partner: X12"}),
        ("partners", "receives:\n  850:\n    |", {"version", "map", "topic", "acknowledge"}),
        ("partners", "preflight:\n  |", {"gln", "all"}),
        ("partners", "channel:\n  sftp:\n    |", {"host", "user", "key", "host_key", "in", "out"}),
        ("presets", "places:\n  orders:\n    as: |", {"source", "sink", "call", "endpoint"}),
    ],
)
def test_what_may_stand_in_other_files_is_proposed(
    server: YamlLanguageServer, new: Callable[[str], str], path: str, text: str, proposed: set[str]
) -> None:
    assert proposed <= _labels(server.completions(new(path), text))


def test_a_mapping_that_was_added_is_proposed_once_the_names_are_written_anew(
    server: YamlLanguageServer, shop: Path, new: Callable[[str], str]
) -> None:
    text = (shop / "mappings/x12-850-to-order.yaml").read_text()
    (shop / "mappings/just-made.yaml").write_text(text)
    assert refresh_names(shop)
    server.changed(".crossdock/schemas/names.json")
    found = server.completions(new("routes"), "from: {topic: a.b}\nsteps:\n  - map: |")
    assert "just-made" in _labels(found)


# Explanations


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("routes", "from:\n  fi|le: {path: a}\n", "Folders of this machine"),
        ("routes", "from:\n  file: {path: a, re|ady: stable}\n", "when a file is complete"),
        ("routes", "from:\n  file: {path: a, eve|ry: 3s}\n", "default `1s`"),
        ("routes", "from: {topic: a.b}\nsteps:\n  - on|ce: {key: number}\n", "```yaml\n- once:"),
        ("routes", "from: {topic: a.b}\nto:\n  - topic: a.c\n    wh|en: a\n", "An expression"),
        ("partners", "dupli|cates: 3d\n", "interchange number may not come again"),
        ("mappings", "fields:\n  a: {expr: b, requ|ired: true}\n", "the document is rejected"),
    ],
)
def test_a_word_is_explained(
    server: YamlLanguageServer, new: Callable[[str], str], path: str, text: str, told: str
) -> None:
    assert told in server.hover(new(path), text)


# Mistakes


def test_nothing_is_marked_in_the_distributor_pack(server: YamlLanguageServer, shop: Path) -> None:
    paths = sorted({path.relative_to(shop).as_posix() for glob in SHOWN for path in shop.glob(glob)})
    for path in paths:
        server.show(path, (shop / path).read_text())
    marked = {path: found for path in paths if (found := server.diagnostics(path))}
    assert len(paths) > 40
    assert not marked


MISTAKES = [
    ("from:\n  file: {path: a, evry: 3s}\n", 2, 19, "Property evry is not allowed."),
    ("from:\n  file: {pth: a}\n", 2, 10, "Property pth is not allowed."),
    ("from:\n  fil: {path: a}\n", 2, 3, "Property fil is not allowed."),
    ("from:\n  file: {path: a, every: 3}\n", 2, 26, "Expected a duration such as 30s"),
    ("from:\n  file: {path: a}\n  topic: b.c\n", 2, 3, "more properties than limit of 1"),
    ("from:\n  http: {path: /x, mehtod: put}\n", 2, 20, "Property mehtod is not allowed."),
    ("from: {topic: a.b}\nstps: []\n", 2, 1, "Property stps is not allowed."),
    ("from: {topic: a.b}\nretry: {attempts: many}\n", 2, 19, "Expected a whole number."),
    ("from: {topic: a.b}\nsteps:\n  - mapp: x\n", 3, 5, "Property mapp is not allowed."),
    ("from: {topic: a.b}\nsteps:\n  - map: x\n    once: {key: a}\n", 3, 5, "more properties than limit of 1"),
    ("from: {topic: a.b}\nsteps:\n  - once: {key: a, withn: 3d}\n", 3, 20, "Property withn is not allowed."),
    ("from: {topic: a.b}\nsteps:\n  - decode: x13\n", 3, 13, "Expected a codec: "),
    ("from: {topic: a.b}\nsteps:\n  - decode: {x12: {vrsion: a}}\n", 3, 20, "Property vrsion is not allowed."),
    ("from: {topic: a.b}\nsteps:\n  - validate: order/v9\n", 3, 15, "Valid values:"),
    ("from: {topic: a.b}\nsteps:\n  - choose: [{whn: a}]\n", 3, 15, "Property whn is not allowed."),
    ("from: {topic: a.b}\nto:\n  - {file: {path: a}, wen: b}\n", 3, 23, "Property wen is not allowed."),
    ("from: {topic: a.b}\nto:\n  - when: b\n", 3, 5, 'Missing property "topic".'),
    ("from: {topic: a.b}\nto:\n  - topic: b.c\n    encode: {jsn: {}}\n", 4, 14, "Property jsn is not allowed."),
]


@pytest.fixture(scope="module")
def marked(server: YamlLanguageServer) -> list[list[tuple[int, int, str]]]:
    """What is marked in routes with these mistakes: all of them are open at once, as a server waits before it looks."""
    paths = [f"routes/mistake-{number}.yaml" for number in range(len(MISTAKES))]
    for path, (text, *_) in zip(paths, MISTAKES, strict=True):
        server.show(path, text)
    return [server.diagnostics(path) for path in paths]


@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=[text for text, *_ in MISTAKES])
def test_a_mistake_is_marked_once_where_it_stands(marked: list[list[tuple[int, int, str]]], number: int) -> None:
    _, line, column, told = MISTAKES[number]
    [found] = marked[number]
    assert found[:2] == (line, column)
    assert told in found[2]


def test_a_modeline_says_the_same_as_the_settings_of_an_editor(shop: Path, tmp_path: Path) -> None:
    route = shop / "routes/eu/by-modeline.yaml"
    route.parent.mkdir()
    route.write_text("from: {topic: a.b}\nstps: []\n")
    assert "routes/eu/by-modeline.yaml" in write_modelines(shop)
    with or_skip(lambda: YamlLanguageServer(shop, {})) as without_settings:
        without_settings.show("routes/eu/by-modeline.yaml", route.read_text())
        found = without_settings.diagnostics("routes/eu/by-modeline.yaml")
    assert found == [(3, 1, "Property stps is not allowed.")]

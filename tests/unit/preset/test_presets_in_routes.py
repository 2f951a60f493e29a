"""A preset reads in a route like any connector: mistakes are told where they stand, and values never become structure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding, Severity
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project

Load = Callable[..., "LoadedProject | tuple[Finding, ...]"]

PRESET = """
about: Orders of a small shop.
on: http
follows: nothing
parameters:
  shop: {about: The shop.}
  address: {about: Where it is., type: url, default: "https://${shop}.example.com"}
  token: {about: Its token., type: secret}
  size: {about: How many at a time., type: integer, default: 50}
leaves: [every, timeout, allow_private]
connection:
  auth: {bearer: "${token}"}
places:
  orders:
    as: source
    about: Orders.
    options: {get: "${address}/orders", items: orders, page_size: "${size}", query: {shop: "${shop}"}}
  send:
    as: sink
    about: Sends.
    options: {post: "${address}/send/{number}"}
"""


def route(options: str) -> str:
    return f"from:\n  corner: {options}\nto:\n  - topic: order.received\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(route: str, preset: str = PRESET) -> LoadedProject | tuple[Finding, ...]:
        files = {
            "crossdock.yaml": "name: t\n",
            "secrets/token": "s3cret-canary",
            "presets/corner.yaml": preset,
            "routes/shop.yaml": route,
            "routes/reader.yaml": "from: {topic: order.received}\nto: [{file: {path: out}}]\n",
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        try:
            return load_project(
                tmp_path,
                environment={},
                connectors=Registry("crossdock.connectors", Connector),
                codecs=Registry("crossdock.codecs", CodecKind),
            )
        except ConfigError as error:
            return error.findings

    return loaded


def told(found: LoadedProject | tuple[Finding, ...]) -> list[tuple[str, int | None, int | None]]:
    assert isinstance(found, tuple), "the project has no mistakes"
    return [(one.code, one.place.line, one.place.column) for one in found]


def base(found: LoadedProject | tuple[Finding, ...]) -> object:
    assert isinstance(found, LoadedProject), found
    source = found.routes["shop"].source
    assert source is not None
    return getattr(source.options, "base")  # noqa: B009 - the options of a preset


def test_parameters_are_filled_in_and_the_rest_is_as_the_preset_has_it(load: Load) -> None:
    options = base(load(route('{orders: {shop: globex, token: "${secret:token}", every: 5m}}')))
    assert options.get == "https://globex.example.com/orders"  # type: ignore[attr-defined]  # the base connector's
    assert options.page_size == 50  # type: ignore[attr-defined]
    assert options.every == 300  # type: ignore[attr-defined]
    assert options.query == {"shop": "globex"}  # type: ignore[attr-defined]
    assert options.auth.bearer.get_secret_value() == "s3cret-canary"  # type: ignore[attr-defined]


def test_the_engine_polls_as_often_as_the_route_says(load: Load) -> None:
    found = load(route('{orders: {shop: globex, token: "${secret:token}", every: 5m}}'))
    assert isinstance(found, LoadedProject)
    source = found.routes["shop"].source
    assert source is not None
    assert getattr(source.options, "every") == 300  # noqa: B009 - as the engine asks


def test_a_secret_shows_nowhere(load: Load) -> None:
    found = load(route('{orders: {shop: globex, token: "${secret:token}"}}'))
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("options", "code", "line", "column", "hint"),
    [
        ('{ordres: {shop: a, token: "${secret:token}"}}', "R104", 2, 12, "did you mean 'orders'?"),
        ('{orders: {shp: a, token: "${secret:token}"}}', "R104", 2, 21, "did you mean 'shop'?"),
        ('{orders: {token: "${secret:token}"}}', "R104", 2, 12, None),
        ('{orders: {shop: "a/b", token: "${secret:token}"}}', "R104", 2, 27, None),
        ('{orders: {shop: a, token: "${secret:token}", size: many}}', "R104", 2, 62, None),
        ('{orders: {shop: a, token: "${secret:token}", size: 0}}', "R104", 2, 62, None),
        ('{orders: {shop: a, token: "${secret:token}", every: soon}}', "R104", 2, 63, None),
        ('{orders: {shop: a, token: "${secret:token}", get: "https://evil.example"}}', "R104", 2, 56, None),
    ],
)
def test_a_mistake_is_told_at_its_place(
    load: Load, options: str, code: str, line: int, column: int, hint: str | None
) -> None:
    found = load(route(options))
    assert told(found) == [(code, line, column)]
    assert isinstance(found, tuple)
    if hint:
        assert found[0].hint == hint


def test_what_the_base_connector_refuses_is_told_of_the_parameter_that_made_it_so(load: Load) -> None:
    found = load(route('{orders: {shop: a, token: "${secret:token}", size: 0}}'))
    assert isinstance(found, tuple)
    assert "page_size" in found[0].message
    assert "preset 'corner'" in found[0].message


def test_two_places_are_one_too_many(load: Load) -> None:
    found = load(route('{orders: {shop: a, token: "${secret:token}"}, orders2: {}}'))
    assert [code for code, _, _ in told(found)] == ["R104"]


def test_a_source_that_is_meant_as_a_destination_is_told(load: Load) -> None:
    found = load('from: {corner: {send: {shop: a, token: "${secret:token}"}}}\nto: [{topic: order.received}]\n')
    assert [code for code, _, _ in told(found)] == ["R104"]


def test_a_preset_nobody_knows_is_told_with_what_was_meant(load: Load) -> None:
    found = load("from: {shopfy: {orders: {}}}\nto: [{topic: order.received}]\n")
    assert isinstance(found, tuple)
    assert (found[0].code, found[0].hint) == ("R102", "did you mean 'shopify'?")


def test_a_secret_in_clear_text_is_warned_of(load: Load) -> None:
    found = load(route("{orders: {shop: a, token: clear-text}}"))
    assert isinstance(found, LoadedProject)
    assert [(one.code, one.severity) for one in found.warnings] == [("R118", Severity.WARNING)]


@pytest.mark.parametrize("value", ["a/../b", "a?b=c", "{number}", "a b", "a@evil.example", "a#b", "${shop}", "..", "é"])
def test_a_value_never_becomes_structure(load: Load, value: str) -> None:
    found = load(route(f"{{orders: {{shop: '{value.replace('${', '$${')}', token: \"${{secret:token}}\"}}}}"))
    assert {code for code, _, _ in told(found)} == {"R104"}


def test_an_endpoint_of_a_preset_is_an_address_of_ours(load: Load) -> None:
    hook = '{order-webhook: {path: /hooks/orders, secret: "${secret:token}"}}'
    found = load(f"from:\n  shopify: {hook}\nto:\n  - topic: order.received\n")
    assert isinstance(found, LoadedProject)
    endpoint = found.routes["shop"].endpoint
    assert endpoint is not None
    assert endpoint.path == "/hooks/orders"
    assert endpoint.access.webhook is not None
    assert endpoint.access.webhook.style == "shopify"


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("about: Orders of", "abuot: Orders of"), "R500", 2),
        (("on: http", "on: htp"), "R501", 3),
        (("on: http", "on: {source: http, sink: htp}"), "R501", 3),
        (("on: http", "on: {source: http}"), "R500", 2),
        (("on: http", "on: {source: http, sink: http}"), None, None),
        (("as: sink", "as: sing"), "R500", 19),
        (("${address}/orders", "${adress}/orders"), "R502", 17),
        (('query: {shop: "${shop}"}', "query: {}"), None, None),
        (("  size: {about", "  spare: {about: Nothing.}\n  size: {about"), "R503", 9),
        (("items: orders", "itmes: orders"), "R504", 17),
        (("/send/{number}", "/send/{num ber}"), "R504", 21),
        (("leaves: [every", "leaves: [size, every"), None, None),
        (("type: integer, default: 50", "type: whole"), "R500", 9),
    ],
)
def test_a_presets_file_is_checked_whether_it_is_used_or_not(
    load: Load, change: tuple[str, str], code: str | None, line: int | None
) -> None:
    assert change[0] in PRESET
    unused = "from: {file: {path: inbox}}\nto: [{topic: order.received}]\n"
    found = load(unused, PRESET.replace(*change))
    if code is None:
        assert isinstance(found, LoadedProject)
        return
    assert isinstance(found, tuple)
    assert {(one.code, one.place.file, one.place.line) for one in found} == {(code, "presets/corner.yaml", line)}


def test_a_preset_may_not_take_the_name_of_a_connector(load: Load, tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "http.yaml").write_text(PRESET)
    found = load("from: {file: {path: inbox}}\nto: [{topic: order.received}]\n")
    assert [code for code, _, _ in told(found)] == ["R505"]


def test_the_version_of_a_route_changes_with_the_preset_it_uses(load: Load) -> None:
    text = route('{orders: {shop: globex, token: "${secret:token}"}}')
    first, second = load(text), load(text, PRESET.replace("default: 50", "default: 60"))
    assert isinstance(first, LoadedProject)
    assert isinstance(second, LoadedProject)
    assert first.routes["shop"].version != second.routes["shop"].version
    assert first.routes["reader"].version == second.routes["reader"].version

"""What a route may say of its address, and what the whole project may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.connector.endpoint import Style
from crossdock.errors import ConfigError

TO = "to:\n  - topic: a.b\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    (tmp_path / "crossdock.yaml").write_text("")
    return tmp_path


def _codes(folder: Path, *options: str) -> list[str]:
    for number, option in enumerate(options):
        (folder / "routes" / f"r{number}.yaml").write_text(f"from:\n  http: {{{option}}}\n{TO}")
    with pytest.raises(ConfigError) as refused:
        load(folder)
    return [finding.code for finding in refused.value.findings if finding.severity == "error"]


@pytest.mark.parametrize("path", ["orders", "/", "/a/../b", "/a%20b", "/a//b", "/.env", "/messages/x", "/docs", "/ä"])
def test_a_path_is_plain_and_nobody_elses(folder: Path, path: str) -> None:
    assert _codes(folder, f'path: "{path}"') == ["R104"]


@pytest.mark.parametrize(
    "options",
    [
        "accepts: [json]",
        "size: 2GB",
        "auth: {}",
        "auth: {anybody: true, keys: true}",
        'auth: {webhook: {secret: ""}}',
        "auth: {jwt: {issuer: i, audience: a, keys: k.json, algorithms: [HS256]}}",
        "auth: {jwt: {issuer: i, audience: a, keys: k.json, algorithms: [none]}}",
        "auth: {jwt: {issuer: i, audience: a, keys: http://id.example/keys}}",
        "auth: {jwt: {issuer: i, audience: a, keys: ../k.json}}",
        "keep: [Authorization]",
        "keep: [X-Hub-Signature-256]",
        "deprecated: 2026-02-01, sunset: 2026-01-01",
        "idempotency: maybe",
        "rate: 5",
    ],
)
def test_a_mistake_is_found_before_anything_runs(folder: Path, options: str) -> None:
    assert set(_codes(folder, f"path: /a, {options}")) == {"R104"}


def test_two_routes_of_one_path(folder: Path) -> None:
    assert _codes(folder, "path: /a", "path: /a") == ["W201"]


def test_a_reply_from_nowhere(folder: Path) -> None:
    assert _codes(folder, "path: /a, reply: {from: nowhere}") == ["W202"]


@pytest.mark.parametrize("option", ["partner: acme", "auth: {certificates: {cn: acme}}"])
def test_a_partner_nobody_knows(folder: Path, option: str) -> None:
    settings = "http: {tls: {certificate: a, key: b, clients: c}}\n"
    (folder / "crossdock.yaml").write_text(settings)
    (folder / "routes" / "r.yaml").write_text(f"from:\n  http: {{path: /a, {option}}}\n{TO}")
    assert "W210" in {one.code for one in load(folder).warnings}


def test_certificates_that_nobody_checks(folder: Path) -> None:
    assert _codes(folder, "path: /a, auth: {certificates: {acme: ''}}") == ["W206"]


def test_without_auth_a_key_is_asked_for(folder: Path) -> None:
    (folder / "routes" / "r.yaml").write_text(f"from:\n  http: {{path: /a}}\n{TO}")
    endpoint = load(folder).routes["r"].endpoint
    assert endpoint is not None
    assert endpoint.access.keys
    assert not endpoint.access.anybody


def test_secrets_of_webhooks_are_never_shown(folder: Path) -> None:
    option = "path: /a, auth: {webhook: {style: stripe, secret: [canary-one, canary-two]}}"
    (folder / "routes" / "r.yaml").write_text(f"from:\n  http: {{{option}}}\n{TO}")
    endpoint = load(folder).routes["r"].endpoint
    assert endpoint is not None
    assert endpoint.access.webhook is not None
    assert endpoint.access.webhook.style is Style.STRIPE
    assert "canary" not in repr(endpoint)

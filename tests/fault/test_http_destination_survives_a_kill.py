"""kill -9 of workers around a send over HTTP, and a peer in trouble, under real processes: keys have one effect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.conftest import Project

from crossdock.message import Document
from crossdock.testing.servers.http_peer import CLIENT, SECRET, Fault, HttpPeer

ROUTE = """\
from:
  file: {{path: inbox, every: 20ms, stable_for: 20ms}}
steps:
  - decode: {{json: {{lines: true}}}}
  - split: items
to:
  - http: {{{request}, allow_private: true, timeout: 2s, stall: 500ms{more}}}
    name: erp
    encode: json
    breaker: {{failures: 2, open: 100ms, max: 300ms}}
retry: {{attempts: 8, first: 50ms, max: 200ms}}
"""
POLL = """\
from:
  http:
    get: {url}/items?by=cursor
    allow_private: true
    every: 50ms
    items: data.items
    id: id
    version: updated
    page_size: 2
    paging: {{by: cursor, at: meta.next}}
    since: {{parameter: since, field: updated}}
steps:
  - decode: json
to:
  - http: {{put: "{url}/orders/{{id}}", allow_private: true}}
    name: erp
    encode: json
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.end()


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with HttpPeer() as made:
        yield made


def route(project: Project, request: str, more: str = "") -> None:
    project.write(orders=ROUTE.format(request=request, more=more))
    project.drop("".join(f'{{"n": {n}}}\n' for n in range(6)), "orders.jsonl")


def killed(project: Project, point: str) -> None:
    fired = project.folder / "fired"
    project.start("--until-idle", CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(fired)).wait(timeout=150)
    assert fired.exists(), project.log()
    project.finish(seconds=150)


@pytest.mark.parametrize("point", ["sink.before_send:1", "sink.after_send:1", "commit.before_commit:2"])
def test_a_key_has_one_effect_whatever_moment_a_worker_is_killed(project: Project, peer: HttpPeer, point: str) -> None:
    route(project, f'post: "{peer.url}/orders", key_header: Idempotency-Key')
    killed(project, point)
    assert sorted(peer.effects.values()) == [1] * 6
    assert project.states("orders/erp") == {"delivered": 6}
    assert project.balanced()


def test_a_post_without_a_key_is_in_doubt_after_a_kill_and_never_sent_again(project: Project, peer: HttpPeer) -> None:
    route(project, f'post: "{peer.url}/orders"')
    killed(project, "sink.after_send:1")
    states = project.states("orders/erp")
    assert states["doubt"] >= 1
    assert states["doubt"] + states["delivered"] == 6
    assert sorted(peer.effects.values()) == [1] * 6
    assert project.balanced()


def test_a_peer_in_trouble_gets_everything_once(project: Project, peer: HttpPeer) -> None:
    kinds = ["hang", "reset", "cut", "close"]
    faults = [Fault(kind=kind, effect=True) for kind in kinds]  # type: ignore[arg-type] # each is one of them
    limited = Fault(kind="status", status=429, headers={"Retry-After": "1"})
    peer.plan(*faults, limited, Fault(kind="status", status=503))
    route(project, f'post: "{peer.url}/orders", key_header: Idempotency-Key')
    project.finish("--patience", "600", seconds=150)
    assert sorted(peer.effects.values()) == [1] * 6
    assert project.states("orders/erp") == {"delivered": 6}


def test_a_peer_that_is_killed_and_comes_back_gets_everything_once(project: Project, peer: HttpPeer) -> None:
    peer.kill()
    route(project, f'post: "{peer.url}/orders", key_header: Idempotency-Key')
    run = project.start("--until-idle", "--patience", "600")
    peer.start()
    assert run.wait(timeout=150) == 0
    assert sorted(peer.effects.values()) == [1] * 6


@pytest.mark.parametrize("point", ["intake.before_accept:1", "accept.after_commit:1", "intake.before_settle:1"])
def test_a_poll_that_is_killed_loses_nothing_and_doubles_nothing(project: Project, peer: HttpPeer, point: str) -> None:
    for_sale: list[dict[str, Document]] = [{"id": n, "updated": f"2026-11-01T00:00:{n:02}Z"} for n in range(7)]
    peer.items(*for_sale)
    project.write(poll=POLL.format(url=peer.url))
    killed(project, point)
    assert sorted(peer.effects.values()) == [1] * 7
    assert project.states("poll/erp") == {"delivered": 7}
    assert project.balanced()


def test_secrets_are_in_no_file_of_a_run_that_failed(project: Project, peer: HttpPeer) -> None:
    canary = "canary-7f31c0de"
    (project.folder / "secrets").mkdir()
    (project.folder / "secrets" / "erp").write_text(canary)
    (project.folder / "secrets" / "client").write_text(SECRET)
    leak = f'{{"detail": "you sent {canary}"}}'
    peer.plan(*[Fault(kind="status", status=status, body=leak, path="/orders") for status in (400, 500, 429)])
    auth = 'api_key: {query: api_key, key: "${secret:erp}"}'
    route(project, f'post: "{peer.url}/orders"', more=f", auth: {{{auth}}}")
    project.finish("--patience", "600", seconds=150)
    oauth2 = f'oauth2: {{token_url: "{peer.url}/token", client_id: {CLIENT}, client_secret: "${{secret:client}}"}}'
    route(project, f'post: "{peer.url}/secure/orders"', more=f", auth: {{{oauth2}}}")
    project.finish("--patience", "600", seconds=150)
    texts = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    secrets = [path for path in texts if path.parent.name == "secrets"]
    found = [path for path, data in texts.items() if path not in secrets and canary.encode() in data]
    tokens = [path for path, data in texts.items() if b"token-" in data or SECRET.encode() in data]
    assert (found, [path for path in tokens if path not in secrets]) == ([], [])

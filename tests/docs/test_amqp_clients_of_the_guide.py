"""The clients that the guide shows feed and follow the routes that it shows, over a real broker."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.conftest import GUIDE, Block, Shell, blocks_of

from crossdock.testing.servers.rabbitmq import RabbitAddress


def test_the_clients_of_the_guide_feed_and_follow(
    shell: Shell, rabbitmq: RabbitAddress, capsys: pytest.CaptureFixture[str]
) -> None:
    (page,) = [page for page in GUIDE if page.stem.endswith("rabbitmq")]
    blocks = [block for block in blocks_of(page) if block.kind in {"route", "feed", "follow"}]
    url = rabbitmq.fresh()
    _project(shell.folder, blocks, url)
    said = shell.run("crossdock run --until-idle")  # makes exchanges and queues
    client = {block.kind: compile(block.text, block.kind, "exec") for block in blocks if block.language == "python"}
    exec(client["follow"], {"URL": url})  # noqa: S102 - a page of ours
    assert capsys.readouterr().out == "", said
    for _ in range(2):  # a sender that was not sure
        exec(client["feed"], {"URL": url})  # noqa: S102 - a page of ours
    said = shell.run("crossdock run --until-idle")
    exec(client["follow"], {"URL": url})  # noqa: S102 - a page of ours
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 1, said
    assert told[0].startswith("order.new ")
    assert '"number":"4711"' in told[0].replace(" ", "")


def _project(folder: Path, blocks: list[Block], url: str) -> None:
    for name in ("routes", "secrets"):
        (folder / name).mkdir()
    (folder / "crossdock.yaml").write_text("name: shop\n")
    (folder / "secrets" / "shop_broker").write_text(url)
    for number, block in enumerate(one for one in blocks if one.kind == "route"):
        (folder / "routes" / f"r{number}.yaml").write_text(block.text)

from __future__ import annotations

from pathlib import Path

from crossdock.cli.console import load
from crossdock.ops.pack import copy_pack


def test_every_folder_that_a_route_of_the_pack_reads_is_there_after_init(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    copy_pack(shop)
    sources = [route.source for route in load(shop).routes.values() if route.source is not None]
    read = {str(getattr(one.options, "path", "")) for one in sources if one.connector == "file"}
    assert len(read) > 5
    assert [path for path in sorted(read) if not (shop / path).is_dir()] == []

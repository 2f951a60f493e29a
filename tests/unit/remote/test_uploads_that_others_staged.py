"""A delivery whose server or connector was changed behind an upload: found, it is finished; else a person looks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.unit.remote.folder import Remote, good, order

from crossdock.connector import Done, Staged
from crossdock.errors import CrossdockError, Foreign


def _staged(remote: Remote, **changed: object) -> Staged:
    (staged,) = good(remote.sink().stage([order(1)]))
    return Staged(json.dumps({**json.loads(staged.proof), **changed}))


def _is_foreign(outcomes: Sequence[Done | CrossdockError], code: str) -> bool:
    (outcome,) = outcomes
    return isinstance(outcome, Foreign) and outcome.code == code


def test_a_server_of_another_name_that_has_the_upload_is_the_same(remote: Remote) -> None:
    staged = _staged(remote, endpoint="sftp://globex@old.example:22")
    assert isinstance(remote.sink().finish([staged])[0], Done)
    assert remote.names() == ["ORD1.txt"]


def test_an_upload_that_another_server_has_is_not_taken_for_delivered(remote: Remote) -> None:
    staged = _staged(remote, endpoint="sftp://globex@old.example:22")
    for name in remote.names():
        (remote.path / name).unlink()
    assert _is_foreign(remote.sink().finish([staged]), "K311")


def test_an_upload_that_is_gone_from_its_own_server_was_delivered(remote: Remote) -> None:
    staged = _staged(remote)
    for name in remote.names():
        (remote.path / name).unlink()
    assert isinstance(remote.sink().finish([staged])[0], Done)


def test_what_lay_in_a_folder_of_ours_is_not_taken_for_an_upload_that_was_delivered(remote: Remote) -> None:
    staged = _staged(remote, inode=1, below=[], key="k", again=False)
    for name in remote.names():
        (remote.path / name).unlink()
    assert _is_foreign(remote.sink().finish([staged]), "K633")

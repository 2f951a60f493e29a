"""The sink: files appear in a folder whole, under their final name, once, and never over another one.

``stage`` writes every file of a batch under a hidden temporary name in its target folder, flushes, reads back and
compares, and flushes the folder. The engine commits the proofs. ``finish`` moves each to its name. After a crash the
temporary file tells: still there, it is moved now; gone, it was delivered, even if the partner has taken it already.
A temporary name has a part of its own for every attempt, so a worker that was thought dead can never touch what
another one has proven.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from crossdock.connector import Done, Parcel, Staged, Surroundings
from crossdock.connector.folders.names import numbered
from crossdock.connector.folders.options import REPORT
from crossdock.errors import CrossdockError, Hold, Retry
from crossdock.message import CHUNK, Inline, Payload
from crossdock_connectors.file import moving
from crossdock_connectors.file.batch_folders import BatchFolders, Where
from crossdock_connectors.file.faults import fault
from crossdock_connectors.file.folders import WRITING, At
from crossdock_connectors.file.leftovers import Leftovers
from crossdock_connectors.file.options import SinkOptions
from crossdock_connectors.file.proof import Part, Proof
from crossdock_connectors.file.settling import write_all

_GROUP = 64  # parcels whose files are open at the same time

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Upload:
    """A parcel in temporary files: its report, if it has one, before its payload. ``files`` are their descriptors."""

    where: Where
    folder: int
    proof: Proof
    files: tuple[int, ...]

    def discard(self) -> None:
        """Remove the temporary files; one that cannot be removed stays, hidden."""
        for part in self.proof.parts:
            with suppress(OSError):
                moving.remove(At(self.folder, part.temporary))


@dataclass(frozen=True, slots=True)
class _Placed:
    where: Where
    receipt: str


class FileSink:
    """Fills one folder, or several where its path is a template. ``ways`` are the ways to move that are tried."""

    def __init__(
        self, options: SinkOptions, surroundings: Surroundings, ways: Sequence[moving.Way] = moving.WAYS
    ) -> None:
        self._ways = ways
        self._options = options
        self._root = surroundings.root
        self._now = surroundings.now
        self._leftovers = Leftovers()

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        """Every parcel in a temporary file, flushed and compared; its failure is its outcome."""
        outcomes: list[Staged | CrossdockError] = []
        for start in range(0, len(parcels), _GROUP):
            with ExitStack() as stack:
                outcomes += self._stage(parcels[start : start + _GROUP], stack)
        return outcomes

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        """Every staged file under its final name; what was done before stays done."""
        with ExitStack() as stack:
            folders = BatchFolders(self._root, stack)
            placed = [_attempt(lambda one: self._place_all(Proof.read(one.proof), folders), one) for one in staged]
            failed = folders.flush()
        return [_attempt(lambda one: _done(one, failed), one) for one in placed]

    def close(self) -> None:
        """Nothing is held between two calls."""

    # Staging

    def _stage(self, parcels: Sequence[Parcel], stack: ExitStack) -> list[Staged | CrossdockError]:
        """First all writes, then all flushes, then each folder once: the disk works on all of them together."""
        folders = BatchFolders(self._root, stack)
        written = [_attempt(lambda one: self._write(one, folders, stack), one) for one in parcels]
        flushed = [_attempt(_flushed, one) for one in written]
        failed = folders.flush()
        return [_attempt(lambda one: _staged(one, failed), one) for one in flushed]

    def _write(self, parcel: Parcel, folders: BatchFolders, stack: ExitStack) -> _Upload:
        now = self._now()
        where = Where(*self._options.folder(parcel, now))
        name = self._options.file_name(parcel, now)
        folder = folders.open(where, create=self._options.mkdirs)
        if self._options.exists == "hold" and moving.found(At(folder, name)) is not None:
            raise _taken(name)
        again = parcel.attempt > 1 or parcel.key in self._leftovers.of(where, folder, now)
        upload = _planned(parcel, folders, where, name, again=again)
        bodies = [body for _, body in _bodies(parcel, name)]
        try:
            files = tuple(
                self._written(folder, part, body, stack) for part, body in zip(upload.proof.parts, bodies, strict=True)
            )
        except OSError:
            upload.discard()
            raise
        return replace(upload, files=files)

    def _written(self, folder: int, part: Part, body: Payload, stack: ExitStack) -> int:
        file = os.open(part.temporary, WRITING, 0o666, dir_fd=folder)
        stack.callback(os.close, file)
        if self._options.mode is not None:
            os.fchmod(file, int(self._options.mode, 8))
        for chunk in body.chunks():
            write_all(file, chunk)
        return file

    # Finishing

    def _place_all(self, proof: Proof, folders: BatchFolders) -> _Placed:
        where, folder = _found(proof, folders)
        name = [self._place(folder, part) for part in proof.parts][-1]
        if proof.again:
            folders.sweep(where, proof.key)
        return _Placed(where, f"{where}/{name}")

    def _place(self, folder: int, part: Part) -> str:
        """Give one file its name, which is told; the planned one where it was placed before."""
        staged = At(folder, part.temporary)
        found = moving.found(staged)
        if found is None:
            return part.final
        if found.st_size != part.size:
            raise Retry("K304", f"'{part.temporary}' has {found.st_size} bytes instead of {part.size}", only_this=True)
        if self._options.exists == "replace":
            moving.replace(staged, At(folder, part.final))
            return part.final
        names = numbered(part.final) if self._options.exists == "number" else (part.final,)
        for name in names:
            with suppress(FileExistsError):
                moving.move(staged, At(folder, name), self._ways)
                return name
        raise _taken(part.final)


def _found(proof: Proof, folders: BatchFolders) -> tuple[Where, int]:
    """The folder the file was staged in: the configured one, or, where a link leads elsewhere now, as it was then."""
    where = Where(proof.folder, proof.below)
    try:
        folder = folders.open(where, create=False)
    except CrossdockError:
        found = _as_it_was(proof, folders)
        if found is None:
            raise
        return found
    if os.fstat(folder).st_ino == proof.inode:
        return where, folder
    found = _as_it_was(proof, folders)
    if found is None:
        hint = "mount the folder the file was written to, or look there whether it arrived"
        raise Retry("K303", f"'{where}' is not the folder the file was staged in", only_this=True, hint=hint)
    return found


def _as_it_was(proof: Proof, folders: BatchFolders) -> tuple[Where, int] | None:
    where = Where(proof.real, proof.below)
    with suppress(CrossdockError):
        folder = folders.open(where, create=False) if proof.real else None
        if folder is not None and os.fstat(folder).st_ino == proof.inode:
            return where, folder
    return None


def _attempt(step: Callable[[T], R], one: T | CrossdockError) -> R | CrossdockError:
    """The next step of one parcel, unless it failed before; its failure is its outcome and nobody else's."""
    if isinstance(one, CrossdockError):
        return one
    try:
        return step(one)
    except CrossdockError as error:
        return error
    except OSError as error:
        return fault(error, f"writing '{error.filename or 'a file'}'")


def _bodies(parcel: Parcel, name: str) -> list[tuple[str, Payload]]:
    """What is written under which name: its report, if it has one, before its payload."""
    reports = [] if parcel.report is None else [(name + REPORT, Inline(parcel.report.encode()))]
    return [*reports, (name, parcel.payload)]


def _sha256(body: Payload) -> str:
    digest = hashlib.sha256()
    for chunk in body.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _planned(parcel: Parcel, folders: BatchFolders, where: Where, name: str, *, again: bool) -> _Upload:
    folder = folders.open(where, create=False)
    parts = tuple(
        Part(
            temporary=f".{parcel.key}.{secrets.token_hex(4)}.part",
            final=final,
            size=body.size,
            sha256=_sha256(body),
        )
        for final, body in _bodies(parcel, name)
    )
    proof = Proof(
        folder=where.folder,
        below=where.below,
        inode=os.fstat(folder).st_ino,
        key=parcel.key,
        parts=parts,
        again=again,
        real=folders.real(where),
    )
    return _Upload(where, folder, proof, ())


def _flushed(upload: _Upload) -> _Upload:
    try:
        for file, part in zip(upload.files, upload.proof.parts, strict=True):
            os.fsync(file)
            _compare(file, part)
    except (OSError, Retry):
        upload.discard()
        raise
    return upload


def _compare(file: int, part: Part) -> None:
    """What can be read back is what was to be written."""
    digest = hashlib.sha256()
    os.lseek(file, 0, os.SEEK_SET)
    while chunk := os.read(file, CHUNK):
        digest.update(chunk)
    if os.fstat(file).st_size != part.size or digest.hexdigest() != part.sha256:
        raise Retry("K302", f"what was written for '{part.final}' cannot be read back", hint="look at the disk")


def _staged(upload: _Upload, failed: Mapping[Where, CrossdockError]) -> Staged:
    if upload.where in failed:
        upload.discard()
        raise failed[upload.where]
    return Staged(upload.proof.text())


def _done(placed: _Placed, failed: Mapping[Where, CrossdockError]) -> Done:
    if placed.where in failed:
        raise failed[placed.where]
    return Done(placed.receipt)


def _taken(name: str) -> Hold:
    hint = "move that file away, then release; or use exists: number"
    return Hold("K301", f"there is already a file '{name}', which is never overwritten", hint=hint)

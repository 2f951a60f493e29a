"""The sink: files appear on a server whole, under their final name, once, and never over another one.

``stage`` uploads every parcel under a hidden temporary name, made from its key and its content, flushes where the
server can, and proves the size (and the hash, if the route wants it). The engine commits the proofs. ``finish`` renames.
After a crash the temporary file tells: still there, it is renamed now; gone, it was delivered, even if the partner has
taken it already. Whatever writes under that name writes the same bytes at the same places and never shortens the file,
so an upload that was cut goes on where it was, and a worker that was thought dead can spoil nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crossdock.connector import Done, Parcel, Staged, Surroundings
from crossdock.connector.folders.names import numbered, visible
from crossdock.connector.folders.options import REPORT
from crossdock.connector.remote.files import (
    Denied,
    Entry,
    Kind,
    Lost,
    Missing,
    RemoteFault,
    RemoteFiles,
    Taken,
    Unsupported,
    make_folders,
    translated,
    under,
)
from crossdock.connector.remote.options import FilledRemote
from crossdock.connector.remote.proof import Part, Proof
from crossdock.connector.remote.sessions import Sessions
from crossdock.connector.untried import behind
from crossdock.errors import CrossdockError, Foreign, Hold, Reject, Retry
from crossdock.message import Inline, Payload

STEP_BACK = 8_000_000  # bytes written again after a cut: what was under way may have left holes

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A parcel and where it goes: the proof, and what is written for each part of it."""

    proof: Proof
    bodies: tuple[Payload, ...]


class RemoteSink:
    """Fills a folder of the server at ``endpoint``, or several where its path is a template."""

    def __init__(self, options: FilledRemote, surroundings: Surroundings, sessions: Sessions, endpoint: str) -> None:
        self._options = options
        self._now = surroundings.now
        self._sessions = sessions
        self._endpoint = endpoint
        self._mode = None if options.mode is None else int(options.mode, 8)
        self._closed = False
        sessions.join()

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        """Every parcel uploaded under a temporary name; its failure is its outcome."""
        return self._each(parcels, self._staged, "uploading to")

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        """Every upload under its final name; what was done before stays done."""
        return self._each(staged, self._finished, "renaming on")

    def close(self) -> None:
        """Let go of the server."""
        if not self._closed:
            self._closed = True
            self._sessions.leave()

    def _each(self, some: Sequence[T], step: Callable[[RemoteFiles, T], R], doing: str) -> list[R | CrossdockError]:
        """A step for each over one connection. When that is lost the rest waits: it is not found out once more for each."""
        outcomes: list[R | CrossdockError] = []
        if not some:
            return outcomes
        try:
            with self._sessions.session() as files:
                for one in some:
                    outcomes.append(self._attempt(files, one, step, doing))  # noqa: PERF401 - what was done before an error counts
        except Lost as error:
            outcomes.append(translated(error, f"{doing} {self._endpoint}"))
        except CrossdockError as error:
            outcomes.append(error)
        last, rest = outcomes[-1] if outcomes else None, len(some) - len(outcomes)
        return [*outcomes, *(behind(last, rest) if isinstance(last, CrossdockError) else ())]

    def _attempt(
        self, files: RemoteFiles, one: T, step: Callable[[RemoteFiles, T], R], doing: str
    ) -> R | CrossdockError:
        try:
            return step(files, one)
        except CrossdockError as error:
            return error
        except RemoteFault as error:
            return translated(error, f"{doing} {self._endpoint}")

    # Staging

    def _staged(self, files: RemoteFiles, parcel: Parcel) -> Staged:
        plan = self._planned(parcel)
        last = plan.proof.parts[-1]
        if self._options.exists == "hold":
            found = _look(files, under(plan.proof.folder, last.final))
            if found is not None:
                raise _taken(last.final)
        for part, body in zip(plan.proof.parts, plan.bodies, strict=True):
            self._upload(files, part, body)
        return Staged(plan.proof.text())

    def _planned(self, parcel: Parcel) -> _Plan:
        now = self._now()
        anchor, below = self._options.folder(parcel, now)
        folder = under(anchor, *below)
        name = self._options.file_name(parcel, now)
        if self._options.names == "ascii" and not f"{folder}/{name}".isascii():
            hint = "choose a name template without such values, or 'names: any'"
            raise Reject("K636", f"'{visible(name)}' is not ASCII, which is all this server takes", hint=hint)
        reports = [] if parcel.report is None else [(name + REPORT, Inline(parcel.report.encode()))]
        wanted: list[tuple[str, Payload]] = [*reports, (name, parcel.payload)]
        beside = self._options.temporary or folder
        parts = tuple(_part(beside, parcel.key, final, body) for final, body in wanted)
        proof = Proof(folder=folder, parts=parts, endpoint=self._endpoint)
        return _Plan(proof, tuple(body for _, body in wanted))

    def _upload(self, files: RemoteFiles, part: Part, body: Payload) -> None:
        start = self._start(files, part)
        try:
            told = files.write(part.temporary, start, _from(body, start), self._mode)
        except Missing:
            if not self._options.mkdirs:
                raise
            make_folders(files, part.temporary.rpartition("/")[0])
            told = files.write(part.temporary, start, _from(body, start), self._mode)
        if told is None:
            found = _look(files, part.temporary)
            told = None if found is None else found.stamp.size
        if told is not None and told != part.size:
            files.remove(part.temporary)
            raise Retry("K631", f"the server has {told} bytes of {part.size} that were sent", only_this=True)
        if start or self._options.verify == "hash":
            self._compare(files, part)

    def _start(self, files: RemoteFiles, part: Part) -> int:
        """Where an upload that was cut goes on."""
        found = _look(files, part.temporary)
        if found is None:
            return 0
        size = found.stamp.size or 0
        if not files.traits.resumes or size > part.size or found.kind is not Kind.FILE:
            files.remove(part.temporary)
            return 0
        return max(0, size - STEP_BACK)

    def _compare(self, files: RemoteFiles, part: Part) -> None:
        """What can be read back is what was to be written; where reading is not allowed, the size has to do."""
        try:
            is_whole = self._holds(files, part, part.temporary)
        except (Denied, Unsupported):
            if self._options.verify == "hash":
                raise
            return
        if not is_whole:
            files.remove(part.temporary)
            raise Retry("K631", f"what the server has of '{visible(part.final)}' is not what was sent", only_this=True)

    # Finishing

    def _finished(self, files: RemoteFiles, staged: Staged) -> Done:
        proof = Proof.read(staged.proof)
        name = [self._place(files, proof, part) for part in proof.parts][-1]
        return Done(f"{self._endpoint}/{under(proof.folder, name).lstrip('/')}")

    def _place(self, files: RemoteFiles, proof: Proof, part: Part) -> str:
        """Give one upload its name, which is told; the planned one where it was renamed before."""
        folder, found = proof.folder, files.look(part.temporary)
        if found is None:
            self._gone(files, proof, part)
            return part.final
        if found.stamp.size is not None and found.stamp.size != part.size:
            told = f"'{part.temporary}' has {found.stamp.size} bytes instead of {part.size}"
            raise Retry("K634", told, only_this=True, hint="look on the server whether it arrived")
        if self._options.exists == "replace":
            self._replace(files, part.temporary, under(folder, part.final))
            return part.final
        names = numbered(part.final) if self._options.exists == "number" else (part.final,)
        for name in names:
            if self._renamed(files, part, found, under(folder, name)):
                return name
        raise _taken(part.final)

    def _gone(self, files: RemoteFiles, proof: Proof, part: Part) -> None:
        """It was renamed before, unless this is not the server, or the folder, that it was uploaded to."""
        if proof.endpoint not in {"", self._endpoint}:
            told = f"'{part.final}' was uploaded to {proof.endpoint}, and is not found at {self._endpoint}"
            raise Foreign("K311", told, hint="look there whether it arrived; released, it is uploaded here")
        for one in {proof.folder, part.temporary.rpartition("/")[0]}:
            if files.look(one) is None:
                hint = "is this the server it was uploaded to? look there whether it arrived"
                raise Retry("K635", f"'{one}' is not there, where '{part.final}' was uploaded to", hint=hint)

    def _replace(self, files: RemoteFiles, temporary: str, final: str) -> None:
        if files.traits.replaces:
            files.replace(temporary, final)
            return
        if files.look(final) is not None:
            files.remove(final)
        self._rename(files, temporary, final)

    def _renamed(self, files: RemoteFiles, part: Part, staged: Entry, final: str) -> bool:
        """Whether the upload has this name now; False where another file has it."""
        found = files.look(final)
        if found is not None:
            return self._is_the_same(files, part, staged, found, final)
        try:
            self._rename(files, part.temporary, final)
        except Taken:
            return False
        return True

    def _rename(self, files: RemoteFiles, temporary: str, final: str) -> None:
        try:
            files.move(temporary, final)
        except Missing:
            if files.look(temporary) is None:
                return  # another worker was faster
            if not self._options.mkdirs:
                raise
            make_folders(files, final.rpartition("/")[0])
            files.move(temporary, final)
        except (Denied, Unsupported) as error:
            why = visible(str(error))[:200]
            hint = "ask the partner to allow renaming in that folder, then release; the upload is still there"
            raise Hold("K632", f"the server refuses to rename the upload to '{final}' ({why})", hint=hint) from error

    def _is_the_same(self, files: RemoteFiles, part: Part, staged: Entry, found: Entry, final: str) -> bool:
        """Servers rename by a second name: cut off between the two, both are one file, which has arrived."""
        if found.stamp != staged.stamp or found.stamp.size is None:
            return False
        names = {part.temporary.rpartition("/")[2], final.rpartition("/")[2]}
        twins = [one for one in files.list(final.rpartition("/")[0] or ".") if one.name in names and one.links]
        if len(twins) != len(names) or any(one.links == 1 for one in twins) or not self._holds(files, part, final):
            return False
        files.remove(part.temporary)
        return True

    def _holds(self, files: RemoteFiles, part: Part, path: str) -> bool:
        """Whether a file has the content of a part."""
        digest = hashlib.sha256()
        for piece in files.read(path, 0, part.size + 1):
            digest.update(piece)
        return digest.hexdigest() == part.sha256


def _part(folder: str, key: str, final: str, body: Payload) -> Part:
    digest = hashlib.sha256()
    for chunk in body.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    return Part(temporary=under(folder, f".{key}.{sha256[:8]}.part"), final=final, size=body.size, sha256=sha256)


def _from(body: Payload, start: int) -> Iterator[bytes]:
    """The bytes of a payload from ``start``."""
    at = 0
    for chunk in body.chunks():
        piece = chunk[max(0, start - at) :]
        at += len(chunk)
        if piece:
            yield piece


def _look(files: RemoteFiles, path: str) -> Entry | None:
    """What lies there, as far as the server can say."""
    try:
        return files.look(path)
    except Unsupported:
        return None


def _taken(name: str) -> Hold:
    hint = "move that file away on the server, then release; or use exists: number"
    return Hold("K630", f"there is already a file '{visible(name)}', which is never overwritten", hint=hint)

"""The sink: one object for each delivery.

The object carries the delivery's key, and is put only where there is none (``If-None-Match: *``, and a look before, as not
every storage knows that header). So an attempt whose answer was lost finds its own object, and nobody's is replaced
without being told. Large payloads go in parts; parts that a crash left behind are aborted with the next attempt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.http.outcomes import in_turn
from crossdock.errors import CrossdockError, Hold, Retry
from crossdock.message import Inline, Payload
from crossdock_connectors.s3.options import SinkOptions
from crossdock_connectors.s3.storage import NOT_FOUND, PRECONDITION, Storage, upload_id

MARK = "x-amz-meta-crossdock-key"


class S3Sink:
    """Puts objects into one bucket."""

    def __init__(self, options: SinkOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._storage = Storage(options, surroundings)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Put each. Once the storage does not serve us, those behind are not sent in vain."""
        return in_turn(parcels, 1, lambda parcels: [self._send(parcel) for parcel in parcels])

    def close(self) -> None:
        """Close every connection."""
        self._storage.close()

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        try:
            key = self._options.object_key(parcel)
            if self._is_there(key, parcel):
                return self._done(key)
            if parcel.payload.size > self._options.part:
                self._put_parts(key, parcel)
            else:
                self._put(key, parcel)
        except CrossdockError as error:
            return error
        return self._done(key)

    def _done(self, key: str) -> Done:
        return Done(f"s3://{self._options.bucket}/{key}")

    def _is_there(self, key: str, parcel: Parcel) -> bool:
        """Whether an earlier attempt put it. Raises ``Hold`` where somebody else's object is there."""
        there = self._storage.head(key)
        if there is None:
            return False
        if there.headers.get(MARK) == parcel.key:
            return True
        if self._options.exists == "hold":
            told = f"there is an object '{key}' in '{self._options.bucket}' already, and it is not ours"
            raise Hold("K885", told, hint="move it away, then release; or say 'exists: replace'")
        return False

    def _put(self, key: str, parcel: Parcel) -> None:
        headers = {**self._headers(parcel), **self._only_new()}
        digest = _sha256(parcel.payload.chunks())
        answer = self._storage.ask(
            "PUT", key, headers=headers, body=parcel.payload, sha256=digest, expected=(PRECONDITION,)
        )
        if answer.status == PRECONDITION and not self._is_there(key, parcel):
            raise Retry("K883", f"'{key}' was there for a moment")

    def _put_parts(self, key: str, parcel: Parcel) -> None:
        self._abort_left(key, parcel)
        upload = upload_id(self._storage.ask("POST", key, {"uploads": ""}, headers=self._headers(parcel)))
        self._around.notes.write({_note(parcel): upload})
        try:
            parts = [
                (number, self._put_part(key, upload, number, data))
                for number, data in enumerate(_parts(parcel.payload, self._options.part), 1)
            ]
            self._complete(key, upload, parts, parcel)
        except CrossdockError:
            self._abort(key, upload)
            raise
        self._around.notes.write({_note(parcel): None})

    def _put_part(self, key: str, upload: str, number: int, data: bytes) -> str:
        parameters = {"partNumber": str(number), "uploadId": upload}
        answer = self._storage.ask("PUT", key, parameters, body=Inline(data), sha256=_sha256([data]))
        return answer.headers.get("etag", "")

    def _complete(self, key: str, upload: str, parts: Sequence[tuple[int, str]], parcel: Parcel) -> None:
        listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{escape(etag)}</ETag></Part>" for n, etag in parts)
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        answer = self._storage.ask(
            "POST",
            key,
            {"uploadId": upload},
            headers={"Content-Type": "application/xml", **self._only_new()},
            body=Inline(body),
            sha256=_sha256([body]),
            expected=(PRECONDITION, NOT_FOUND),
        )
        if answer.status in (PRECONDITION, NOT_FOUND) and not self._is_there(key, parcel):
            raise Retry("K883", f"the parts of '{key}' have gone; they are sent again")

    def _abort_left(self, key: str, parcel: Parcel) -> None:
        left = self._around.notes.read([_note(parcel)]).get(_note(parcel))
        if left is not None:
            self._storage.ask("DELETE", key, {"uploadId": left}, expected=(NOT_FOUND,))

    def _abort(self, key: str, upload: str) -> None:
        """As well as it can be done now; what stays is aborted with the next attempt."""
        try:
            self._storage.ask("DELETE", key, {"uploadId": upload}, expected=(NOT_FOUND,))
        except CrossdockError:
            return

    def _only_new(self) -> dict[str, str]:
        return {"If-None-Match": "*"} if self._options.exists == "hold" else {}

    def _headers(self, parcel: Parcel) -> dict[str, str]:
        options = self._options
        kind = parcel.content_type if parcel.content_type.isprintable() and parcel.content_type.isascii() else ""
        found = {
            "Content-Type": kind or "application/octet-stream",
            MARK: parcel.key,
            "x-amz-meta-crossdock-message": parcel.message,
        }
        if options.storage_class is not None:
            found["x-amz-storage-class"] = options.storage_class
        if options.encryption is not None:
            found["x-amz-server-side-encryption"] = options.encryption
        return found


def _note(parcel: Parcel) -> str:
    return f"upload:{parcel.key}"


def _sha256(chunks: Sequence[bytes] | Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _parts(payload: Payload, size: int) -> Iterator[bytes]:
    """The payload in pieces of one size, the last one smaller."""
    waiting = bytearray()
    for chunk in payload.chunks():
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)

"""What a route may say about buckets: ``from: s3: {…}`` and ``to: - s3: {…}``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from crossdock.connector import Parcel, Template
from crossdock.connector.amounts import Bytes, Seconds, lasting, sized
from crossdock.connector.file_name import part_fault
from crossdock.connector.project_files import FileOfProject

LONGEST = 1024  # bytes of a key ("Naming Amazon S3 objects")
SMALLEST_PART = 5 * 1024 * 1024  # bytes ("Multipart upload limits")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?\Z|https?://\[[0-9a-f:]+\](?::[0-9]{1,5})?\Z")


def _bucket(name: str) -> str:
    if not _BUCKET.match(name) or ".." in name:
        raise ValueError(f"'{name}' is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens")
    return name


def _endpoint(url: str) -> str:
    if not _ENDPOINT.match(url.rstrip("/")):
        raise ValueError(f"'{url}' is no endpoint such as https://storage.example.com")
    return url.rstrip("/")


def _prefix(text: str) -> str:
    fault = key_fault(text) if text else None
    if fault:
        raise ValueError(f"'{text}' cannot begin a key: {fault}")
    return text


def _key(template: Template) -> Template:
    fault = next(filter(None, map(_literal_fault, template.literals)), None)
    if fault:
        raise ValueError(f"'{template}' cannot be a key: {fault}")
    return template


def _literal_fault(text: str) -> str | None:
    return key_fault(text.strip("/") or "x")


def key_fault(text: str) -> str | None:
    """Why a text cannot be a key, as the end of a sentence; None where it can."""
    if not text or text.startswith("/"):
        return "it is empty or begins with a slash"
    if len(text.encode(errors="surrogatepass")) > LONGEST:
        return f"it is longer than {LONGEST} bytes"
    if any(step in (".", "..") for step in text.split("/")):
        return "it has '.' or '..' as a step"
    return None if text.isprintable() else "it has control characters"


def _listed(written: object) -> object:
    return [written] if isinstance(written, str) else written


Patterns: TypeAlias = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]
Prefix: TypeAlias = Annotated[str, AfterValidator(_prefix)]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Bucket(Options):
    """Which bucket, where, and as whom.

    Without an ``endpoint`` it is at Amazon, in ``region``. ``style`` says where the bucket stands in an address: in the
    ``path``, as most storages want it, or in the name of the host (``virtual``), as Amazon does. ``allow_private`` permits
    addresses of local networks and, there, http. ``ca`` is a file with the authorities to trust, instead of the
    machine's. ``timeout`` bounds one request.
    """

    bucket: Annotated[str, AfterValidator(_bucket)]
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "us-east-1"
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    style: Literal["path", "virtual"] | None = None
    access_key: Annotated[str, Field(pattern=r"^[\x21-\x7e]+$")]
    secret_key: SecretStr
    session_token: SecretStr | None = None
    ca: FileOfProject | None = None
    allow_private: bool = False
    timeout: Annotated[Seconds, lasting("100ms", "10m")] = 20.0

    @model_validator(mode="after")
    def _is_encrypted(self) -> Bucket:
        if (self.endpoint or "").startswith("http:") and not self.allow_private:
            raise ValueError(
                "an endpoint with http: is only for local networks: say 'allow_private: true', or use https:"
            )
        return self


class Archive(Options):
    """What was taken is copied below this prefix, and then deleted where it was."""

    archive: Prefix


class SourceOptions(Bucket):
    """Objects that are taken.

    Those whose keys begin with ``prefix`` are listed ``every`` so often; ``match`` and ``ignore`` are globs (case matters)
    on the last part of a key, or, with a ``/``, on the key below the prefix. ``after`` it is safe, an object is
    archived, deleted (``delete``), or left and remembered (``leave``). ``rejects`` is a prefix for objects that are refused; without it
    they are left and remembered. ``limit`` are taken at a time.
    """

    prefix: Prefix = ""
    match: Patterns = ("*",)
    ignore: Patterns = ()
    after: Literal["leave", "delete"] | Archive = "leave"
    rejects: Prefix | None = None
    every: Annotated[Seconds, lasting("100ms", "1d")] = 30.0
    limit: int = Field(default=10_000, ge=1, le=100_000)
    max_size: Annotated[Bytes, sized("1B", "50GB")] = 1_000_000_000

    @model_validator(mode="after")
    def _targets_are_elsewhere(self) -> SourceOptions:
        archive = self.after.archive if isinstance(self.after, Archive) else None
        for option, target in (("archive", archive), ("rejects", self.rejects)):
            if target is not None and (not target or self.prefix.startswith(target)):
                raise ValueError(f"'{option}: {target}' holds what is watched: it would be taken again")
        return self


class SinkOptions(Bucket):
    """Objects that are put. ``key`` is a template.

    ``exists`` decides when there is such an object already: ``hold`` for a person, or ``replace`` it. Above ``part`` a
    payload goes in parts of that size. ``storage_class`` and ``encryption`` (``AES256``, ``aws:kms``) are the storage's own words.
    """

    key: Annotated[Template, AfterValidator(_key)] = Field(default_factory=lambda: Template.parse("{$id}{$extension}"))
    exists: Literal["hold", "replace"] = "hold"
    part: Annotated[Bytes, sized("5MiB", "1GB")] = 8 * 1024 * 1024
    storage_class: Annotated[str, Field(pattern=r"^[A-Z_]{1,40}$")] | None = None
    encryption: Literal["AES256", "aws:kms"] | None = None

    def object_key(self, parcel: Parcel) -> str:
        """The key of the object of a parcel. Raises ``Reject``."""
        moment = datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)
        return self.key.render(parcel, moment, part=part_fault, whole=key_fault)

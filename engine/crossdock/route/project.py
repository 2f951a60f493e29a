"""``crossdock.yaml``: the settings of a project. Every key has a default; an empty file is a project."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from crossdock.connector.amounts import Bytes, PerSecond, Seconds, lasting, sized
from crossdock.errors import Halt
from crossdock.partner.ids import Ids
from crossdock.route.addresses import host_and_port, refuse_no_broker, refuse_no_database
from crossdock.route.model import Authorable
from crossdock.route.spec import BreakerSpec, Off, RetrySpec, Timeout

DAY = 86400.0
MB = 1000**2


class Limits(Authorable):
    """What one message, batch or process may take before it is stopped, and what makes sources wait.

    ``retry_after`` bounds the time a destination may ask us to wait. Sources are asked more slowly when half of
    ``backlog`` messages wait in their route and behind it, and not at all from there on, nor when less than
    ``disk_free`` is left beside the journal. ``reserve`` is kept for what must be recorded on a full disk.
    """

    payload: Bytes = 2000 * MB
    batch: Annotated[int, Field(ge=1, le=10_000)] = 100
    batch_wait: Seconds = 0.05
    memory: Bytes = 1000 * MB
    step: Annotated[Seconds, lasting("1ms", "7d")] = 30.0
    retry_after: Seconds = 3600.0
    backlog: Annotated[int, Field(ge=1, le=100_000_000)] = 250_000
    disk_free: Bytes = 100 * MB
    reserve: Annotated[Bytes, sized("0B", "100GB")] = 64 * MB
    silence: Annotated[Seconds, lasting("1s", "7d")] = 15.0


class Retention(Authorable):
    """How long messages are kept for tracing, and keys for recognising duplicates."""

    messages: Seconds = 90 * DAY
    keys: Seconds = 400 * DAY


class Defaults(Authorable):
    """What a destination does where neither it nor its route says otherwise."""

    retry: RetrySpec = RetrySpec()
    rate: PerSecond | None = None
    breaker: BreakerSpec | Off | None = None
    timeout: Timeout = 30.0


class TlsFiles(Authorable):
    """Files of the project: the ``certificate`` (with its chain) and its ``key``, as PEM.

    ``clients`` are certificates of authorities: those who send may then prove who they are with one they made.
    """

    certificate: str
    key: str
    clients: str | None = None


class Tests(Authorable):
    """What `crossdock test` expects: at least ``coverage`` percent of what the project can come to."""

    coverage: Annotated[float, Field(ge=0, le=100)] = 0.0


class Http(Authorable):
    """Where the addresses of routes (``from: http: {path: …}``) are served, and by how many ``processes``.

    ``docs`` shows a page about them at ``/docs``, beside the description at ``/openapi.json``.
    """

    listen: str = "127.0.0.1:8080"
    processes: Annotated[int, Field(ge=1, le=64)] = 1
    docs: bool = True
    tls: TlsFiles | None = None

    @field_validator("listen")
    @classmethod
    def _listen(cls, listen: str) -> str:
        try:
            host_and_port(listen)
        except Halt as error:
            raise ValueError(f"{error.message}, such as 127.0.0.1:8080") from None
        return listen


class Project(Authorable):
    """The settings. ``bus`` and ``journal`` may hold passwords, so neither is ever shown: ask ``get_secret_value()``.

    With ``health``, an address such as ``127.0.0.1:9480``, a run answers there whether it is alive and ready.
    ``journal`` is a path inside the project or a URL; ``bus`` is ``embedded`` or a URL. The environment variables
    CROSSDOCK_JOURNAL and CROSSDOCK_BUS override both. ``ids`` are those we go by in EDI, towards every partner whose
    profile does not say otherwise: ``{x12: [ZZ, GLOBEX], edifact: ["5412345000099", "14"]}``.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")] = "crossdock"
    about: str = ""
    bus: SecretStr = SecretStr("embedded")
    journal: SecretStr = SecretStr(".crossdock/journal.db")
    ids: Ids = Ids()
    secrets: str = "secrets"
    health: str | None = None
    http: Http = Http()
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    limits: Limits = Limits()
    retention: Retention = Retention()
    defaults: Defaults = Defaults()
    test: Tests = Tests()
    plugins: list[str] = []

    @field_validator("bus")
    @classmethod
    def _bus(cls, bus: SecretStr) -> SecretStr:
        if bus.get_secret_value() != "embedded":
            refuse_no_broker(bus.get_secret_value())
        return bus

    @field_validator("health")
    @classmethod
    def _health(cls, health: str | None) -> str | None:
        try:
            if health is not None:
                host_and_port(health)
        except Halt as error:
            raise ValueError(f"{error.message}, such as 127.0.0.1:9480") from None
        return health

    @field_validator("plugins")
    @classmethod
    def _plugins(cls, plugins: list[str]) -> list[str]:
        for path in plugins:
            if path.startswith("/") or ".." in path.split("/") or not path.endswith(".py"):
                raise ValueError(f"'{path}' is not a Python file of the project")
        return plugins

    @field_validator("journal")
    @classmethod
    def _journal(cls, journal: SecretStr) -> SecretStr:
        text = journal.get_secret_value()
        if "://" in text:
            refuse_no_database(text)
        elif ".." in text.split("/"):
            raise ValueError("the journal's path must not leave the project with '..'")
        return journal

"""What a route may say about brokers: ``from: amqp: {…}`` and ``to: - amqp: {…}``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from crossdock.amqp.address import PORTS
from crossdock.amqp.message import LONGEST_SHORT
from crossdock.connector import Parcel, Template
from crossdock.connector.amounts import Seconds

BROKER_EXCHANGES = "amq."  # names that begin so are the broker's own (AMQP 0-9-1, 3.1.3.1)


def short_fault(text: str) -> str | None:
    """What keeps a text from being a name or a routing key; None where nothing does."""
    if len(text.encode()) > LONGEST_SHORT:
        return f"it has more than {LONGEST_SHORT} bytes"
    return None if text.isprintable() else "it has control characters"


def _short(text: str) -> str:
    fault = short_fault(text)
    if fault:
        raise ValueError(fault)
    return text


def _key(template: Template) -> Template:
    for literal in template.literals:
        _short(literal)
    if not template.fixed and not isinstance(template.parts[0], str):
        raise ValueError(f"'{template}' must begin with a word that is written out, such as order.{template}")
    return template


Name: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_short)]
ExchangeKind: TypeAlias = Literal["topic", "direct", "fanout", "headers"]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Broker(Options):
    """Where the broker is: ``amqp://`` or ``amqps://``, best as a secret. See *RabbitMQ* in the guide for parameters."""

    url: SecretStr

    @field_validator("url")
    @classmethod
    def _is_amqp(cls, url: SecretStr) -> SecretStr:
        scheme, separator, _ = url.get_secret_value().partition("://")
        if not separator or scheme not in PORTS:
            raise ValueError("the URL of a broker begins with amqp:// or amqps://")
        return url


class Bind(Options):
    """Declares a durable queue, unless it is there, and binds it. ``kind`` declares the exchange as well."""

    exchange: Name
    keys: tuple[Annotated[str, AfterValidator(_short)], ...] = ("#",)
    kind: ExchangeKind | None = None


class SourceOptions(Broker):
    """A queue that is consumed. With ``bind`` it is made and bound; else it must be there.

    A message is known by ``identity``: its ``message_id``; its ``body`` (hashed, with its routing key); or, where
    senders give neither, ``none``: each delivery is a message, and what the broker delivers again comes again.
    Of messages without a message id ``message_id`` makes the same as ``none``. ``prefetch`` are taken at a time.
    What is refused (too large) goes to the queue ``refused``; without one, to the dead-letter exchange of its queue,
    and where that has none either, the broker drops it.
    """

    queue: Name
    bind: Bind | None = None
    identity: Literal["message_id", "body", "none"] = "message_id"
    prefetch: int = Field(default=200, ge=1, le=10_000)
    refused: Name | None = None
    every: Annotated[Seconds, Field(ge=0.001)] = 0.01

    @model_validator(mode="after")
    def _refused_is_another_queue(self) -> SourceOptions:
        if self.refused == self.queue:
            raise ValueError(f"'refused: {self.refused}' is the queue that is consumed: it would come again for ever")
        return self


class SinkOptions(Broker):
    """An exchange that is published to; ``exchange: ""`` is the default one, whose keys are names of queues.

    ``key`` and ``type`` are templates: ``order.{status}``. ``kind`` declares the exchange (durable). ``repeatable``
    says that receivers know a message by its ``message_id``, so it may be sent again when the end of a first try is
    unclear; where they do not, say ``false``: an unclear end is then put in doubt for a person.
    """

    exchange: Annotated[str, AfterValidator(_short)] = ""
    key: Annotated[Template, AfterValidator(_key)]
    kind: ExchangeKind | None = None
    type: Template | None = None
    repeatable: bool = True
    priority: int | None = Field(default=None, ge=0, le=255)
    expires: Seconds | None = None

    @model_validator(mode="after")
    def _only_own_exchanges_are_declared(self) -> SinkOptions:
        if self.kind and (not self.exchange or self.exchange.startswith(BROKER_EXCHANGES)):
            raise ValueError(f"'kind' declares an exchange, and '{self.exchange}' is the broker's own")
        return self

    def routing_key(self, parcel: Parcel) -> str:
        """The routing key of a parcel. Raises ``Reject``."""
        return _rendered(self.key, parcel)

    def message_type(self, parcel: Parcel) -> str | None:
        """The ``type`` property of a parcel. Raises ``Reject``."""
        return None if self.type is None else _rendered(self.type, parcel)


def _rendered(template: Template, parcel: Parcel) -> str:
    """``$now`` is the time in the id of the message: the same for every attempt."""
    moment = datetime.fromtimestamp(int(parcel.message.replace("-", "")[:12], 16) / 1000, UTC)
    return template.render(parcel, moment, part=short_fault, whole=short_fault)

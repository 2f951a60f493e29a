"""What was agreed for one set: what they send us, what we send them."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BeforeValidator, Field

from crossdock.connector.amounts import Seconds, lasting
from crossdock.partner.ids import Word
from crossdock.yaml_source.authorable import Authorable
from crossdock.yaml_source.named_mapping import MappingName


class Acknowledgement(enum.StrEnum):
    """What answers an interchange."""

    X997 = "997"
    X999 = "999"
    TA1 = "TA1"
    CONTRL = "CONTRL"
    NONE = "none"


class ApplicationAdvice(enum.StrEnum):
    """What tells a partner that a document was well-formed but could not be used."""

    X824 = "824"
    APERAK = "APERAK"


class Partial(enum.StrEnum):
    """What becomes of the good transactions beside bad ones: they go on, unless in the same group, or not at all."""

    GOOD_ONES = "true"
    OTHER_GROUPS = "group"
    NOTHING = "all-or-nothing"


def _answer(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _partial(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


Answer = Annotated[Acknowledgement, BeforeValidator(_answer, json_schema_input_type=Acknowledgement | int)]
Advice = Annotated[ApplicationAdvice, BeforeValidator(_answer, json_schema_input_type=ApplicationAdvice | int)]
Part = Annotated[Partial, BeforeValidator(_partial, json_schema_input_type=Partial | bool)]
Version = Annotated[Word, Field(min_length=1, max_length=40)]


class Receives(Authorable):
    """One set they send us.

    ``version`` is GS08 (``005010``, also of ``005010X231A1``) or the message's directory (``D96A``); without it every
    version is taken. The document goes through ``map`` and ``validate`` (the contract the mapping makes, unless said)
    and is published to ``topic``. ``once`` is an expression: of documents with one key only the first passes.
    ``test_topic`` takes what is marked a test, which a live partner otherwise may not send. ``advise`` answers a
    document that mapping or contract refused.
    """

    version: Version | None = None
    map: MappingName | None = None
    validate_: Annotated[str | None, Field(alias="validate")] = None
    once: str | None = None
    once_within: Seconds | None = None
    topic: str
    test_topic: str | None = None
    acknowledge: Answer | None = None
    advise: Advice | None = None
    enabled: bool = True


class Expectation(Authorable):
    """An acknowledgement we await: without one ``within`` this time, ``ack.overdue`` is published."""

    within: Annotated[Seconds, lasting("1s", "90d")]


class Sends(Authorable):
    """One set we send them: every message of this partner on topic ``on``, through ``map``.

    A message is the partner's if it says so (``$partner``), or if ``for``, an expression over the document, gives the
    partner's name or one of its ``known_as``. ``when`` narrows that down.
    """

    version: Version
    map: MappingName | None = None
    on: str
    whose: Annotated[str | None, Field(alias="for")] = None
    when: str | None = None
    expect_ack: Expectation | None = None
    enabled: bool = True

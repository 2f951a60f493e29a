"""What every connector must do, as tests against its real counterpart. Yours runs them with a ground and five lines.

A *ground* is your counterpart as the suites see it (``ground.py`` has all that can be told of one):

    class Mailboxes(SinkGround, OverTcp, LosesReplies):          # OverTcp, LosesReplies: what it also can
        connector = CONNECTOR

        def options(self, **more): ...       # what a route would write to reach a fresh place there
        def arrived(self): ...               # every effect there is: [Delivered(key, data), …]
        def lose_next_reply(self): ...       # as the capability asks

and the suite is a class that names it:

    class TestMailboxes(SinkSuite):
        ground_type, effect = Mailboxes, Effect.OPAQUE

A ground that needs a server of the tests is made by a fixture of the subclass called ``ground``; without one it is
``ground_type(tmp_path)``. The suites: ``SourceSuite``, ``FolderSourceSuite`` (files, here or at a partner's),
``SinkSuite``, ``ProvableSinkSuite``, ``CallSuite``; and ``RunningSourceSuite``, ``RunningSinkSuite``, which run real
processes of ``crossdock run`` over the connector and kill them.

A capability is a class of ``ground.py`` that the ground inherits from. Tests that need one it does not have are taken
out of the class and not collected; nothing is skipped. After every test nothing that was logged, and nothing that the
connector said, may hold one of the ground's ``secrets``.

A ground that is reached over TCP has ``proxy``, a ``crossdock.testing.servers.proxy.TcpProxy`` in front of the real
server, and its ``options`` lead through it. Private servers to put behind it: ``crossdock.testing.servers``.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(  # before they are imported: who uses the suites sees what was compared
    *(f"{__name__}.{module}" for module in ("asking", "bringing", "delivering", "enduring", "folders")),
    *(
        f"{__name__}.{module}"
        for module in ("project", "proving", "repeating", "running", "settling", "sink_tests", "source_tests")
    ),
)

from crossdock.testing.connector_suite.asking import CallSuite  # noqa: E402 - after the rewriting
from crossdock.testing.connector_suite.folders import FolderGround, Irregular  # noqa: E402
from crossdock.testing.connector_suite.ground import (  # noqa: E402
    AnswersBadly,
    CallGround,
    Credentials,
    Delivered,
    EmptyThings,
    Fails,
    Ground,
    InOrder,
    LeadsNowhere,
    Limited,
    LosesReplies,
    Options,
    OverTcp,
    Probed,
    RefusesOne,
    SharedOut,
    ShowsWaiting,
    SinkGround,
    SourceGround,
    StaysThere,
    Visible,
    WithHeaders,
)
from crossdock.testing.connector_suite.running import RunningSinkSuite, RunningSourceSuite  # noqa: E402
from crossdock.testing.connector_suite.suites import (  # noqa: E402
    FolderSourceSuite,
    ProvableSinkSuite,
    SinkSuite,
    SourceSuite,
)

__all__ = [
    "AnswersBadly",
    "CallGround",
    "CallSuite",
    "Credentials",
    "Delivered",
    "EmptyThings",
    "Fails",
    "FolderGround",
    "FolderSourceSuite",
    "Ground",
    "InOrder",
    "Irregular",
    "LeadsNowhere",
    "Limited",
    "LosesReplies",
    "Options",
    "OverTcp",
    "Probed",
    "ProvableSinkSuite",
    "RefusesOne",
    "RunningSinkSuite",
    "RunningSourceSuite",
    "SharedOut",
    "ShowsWaiting",
    "SinkGround",
    "SinkSuite",
    "SourceGround",
    "SourceSuite",
    "StaysThere",
    "Visible",
    "WithHeaders",
]

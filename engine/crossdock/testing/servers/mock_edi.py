"""A private mock-edi: a trading partner by another author, over HTTP and folders, with a dictionary of its own."""

from __future__ import annotations

from crossdock.testing.servers.mock import Mock


class MockEdi(Mock):
    """A mock-edi of our own, which calls itself MOCKEDI."""

    name = "mock-edi"
    program = "mock-edi"

"""What makes requests ours: the contract of everything that says who we are."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Protocol, TypeAlias

from crossdock.connector.http.exchange import Request, Response

Send: TypeAlias = Callable[[Request], Response]


class Credentials(Protocol):
    """Makes requests ours."""

    def signed(self, request: Request, send: Send) -> Request:
        """The request with who we are. ``send`` reaches the server that gives out tokens."""
        ...

    def renew(self, response: Response) -> bool:
        """Whether the reply says that the peer does not know us any more, and there is something to renew."""
        ...


def basic(user: str, password: str) -> dict[str, str]:
    """The header of RFC 7617; UTF-8, as its section 2.1 has it."""
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}

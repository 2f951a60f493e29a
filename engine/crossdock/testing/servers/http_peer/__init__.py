"""A system that speaks HTTP, in a process of its own: it counts effects by key and fails as it is told to.

    POST /orders …       an effect; with an Idempotency-Key the same one only once, and the same answer again
    PUT, DELETE /orders/ID   an effect for each state that is new
    POST /bulk           an effect for each item; items with "refuse" or "busy" are not taken
    GET /items           pages: by=cursor|page|offset|link, limit=, since=
    GET /document        with an ETag
    GET /lookup/ID       what was put in by ``items``; 404
    POST /token          tokens for the client "crossdock" with the secret "client-secret"; /secure/… wants one
    POST /graphql        orders by cursor; orderCreate is an effect, once for a key
    ANY /odata/v4/…, /odata/v2/…   entities with ETags, pages, batches, tokens against forged requests
    POST /soap           orders in SOAP 1.1 and 1.2, with faults; /soap/secure wants a UsernameToken
    ANY /echo            the request as JSON

``plan`` says what goes wrong with the next requests. The effects are in a file: they survive ``kill``.
"""

from __future__ import annotations

from crossdock.testing.servers.http_peer.peer import CLIENT, SECRET, Fault, HttpPeer

__all__ = ["CLIENT", "SECRET", "Fault", "HttpPeer"]

"""What replies mean to a route that posts, asks or polls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.judgement import Judge
from crossdock_connectors.http.options import RequestOptions, SourceOptions


def judge_of(options: RequestOptions | SourceOptions, client: HttpClient, now: Callable[[], datetime]) -> Judge:
    """The judge of one peer. Secrets that stand in the body are hidden from what it says."""
    if options.body is not None:
        options.body.hide(client.redaction)
    return Judge(
        redaction=client.redaction,
        now=now,
        rules=options.rules,
        success=options.success,
        refused=options.refused,
        keyed=isinstance(options, RequestOptions) and options.key_header is not None,
    )

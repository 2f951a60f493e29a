"""A channel is one destination, or both ways over one login."""

from __future__ import annotations

from crossdock.route.partners.channel import way_in, way_out

LOGIN = {"host": "sftp.acme.example", "user": "globex"}


def test_without_ways_it_is_a_destination_as_it_stands() -> None:
    channel = {"file": {"path": "out/acme"}, "retry": {"attempts": 3}}
    out = way_out(channel)
    assert out is not None
    assert out.value == channel
    assert way_in(channel) is None


def test_both_ways_share_the_login() -> None:
    channel = {"sftp": {**LOGIN, "in": "/out", "out": "/in"}, "retry": {"attempts": 3}}
    fetched, sent = way_in(channel), way_out(channel)
    assert fetched is not None
    assert sent is not None
    assert fetched.value == {"sftp": {**LOGIN, "path": "/out"}}
    assert sent.value == {"sftp": {**LOGIN, "path": "/in"}, "retry": {"attempts": 3}}
    assert fetched.places["sftp", "path"] == ("channel", "sftp", "in")


def test_a_way_may_have_options_of_its_own() -> None:
    channel = {"sftp": {**LOGIN, "in": {"path": "/out", "after": "delete"}, "out": {"path": "/in", "exists": "number"}}}
    fetched, sent = way_in(channel), way_out(channel)
    assert fetched is not None
    assert sent is not None
    assert fetched.value == {"sftp": {**LOGIN, "path": "/out", "after": "delete"}}
    assert sent.value == {"sftp": {**LOGIN, "path": "/in", "exists": "number"}}
    assert fetched.places["sftp", "after"] == ("channel", "sftp", "in", "after")


def test_a_channel_that_is_only_read_is_no_destination() -> None:
    assert way_out({"sftp": {**LOGIN, "in": "/out"}}) is None
    assert way_out(None) is None

"""What people ask: messages, work, attempts, and the audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import cast

from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import SHORTEST_ID, Attempt, Audit, Damage, Item, Query, Refusal, Sum, Tally
from crossdock.journal.postgres.rows import plain
from crossdock.journal.postgres.schema import ACCEPTED
from crossdock.journal.postgres.session import Session, Value
from crossdock.journal.rows import ITEM_COLUMNS, MESSAGE_COLUMNS, findings_text, item_of, message_of
from crossdock.message import Message
from crossdock.postgres.connection import Connection

_FROM = " FROM work w JOIN message m ON m.row = w.message JOIN queue q ON q.number = w.queue"
_MADE = (
    "WITH RECURSIVE family(id, row) AS (SELECT id, row FROM message WHERE id = %s UNION ALL"
    " SELECT c.id, c.row FROM family f JOIN message c ON c.parent = f.id)"
)
_TALLY = (
    _MADE + " SELECT w.state, strpos(q.name, '/') > 0, count(*), min(w.at), max(w.settled)"
    " FROM family f JOIN work w ON w.message = f.row JOIN queue q ON q.number = w.queue GROUP BY 1, 2"
)
_PARKED = frozenset({State.HELD, State.DEAD, State.DOUBT})
#: A queue that nothing was ever posted to has a number, perhaps: for the lock of a lane. It is none to people.
_USED = (
    "(q.posted > 0 OR q.stopped IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM tally t WHERE t.queue = q.number AND t.posted > 0))"
)
_SUMS = (
    "SELECT q.name, q.posted + coalesce((SELECT sum(posted) FROM tally t WHERE t.queue = q.number), 0)::bigint, q.purged"
    f" FROM queue q WHERE {_USED} ORDER BY q.name"
)
_ACCEPTED = (
    "SELECT value::bigint + coalesce((SELECT sum(posted) FROM tally WHERE queue = %s), 0)::bigint FROM fact"
    " WHERE name = 'accepted'"
)
_COUNTS = "SELECT q.name, w.state, count(*) FROM work w JOIN queue q ON q.number = w.queue GROUP BY q.name, w.state"
_PARTS = (
    "WITH split AS (SELECT message, sum(progress) AS parts FROM work GROUP BY message"
    " HAVING bool_or(state = 'delivered' AND progress > 0)),"
    " made AS (SELECT parent, count(*) AS parts FROM message WHERE parent IS NOT NULL AND position > 0 GROUP BY parent)"
    " SELECT m.id FROM split s JOIN message m ON m.row = s.message LEFT JOIN made ON made.parent = m.id"
    " WHERE s.parts <> m.gone + coalesce(made.parts, 0)"
)
_DAMAGE = (
    (
        "work without its message",
        "SELECT 'row ' || w.row FROM work w WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.row = w.message)",
    ),
    (
        "accepted, but in no queue",
        "SELECT id FROM message m WHERE parent IS NULL AND NOT EXISTS (SELECT 1 FROM work w WHERE w.message = m.row)",
    ),
    ("not as many parts recorded as were split off", _PARTS),
    (
        "leased and not in hand, or in hand without a lease",
        (
            "SELECT m.id FROM work w JOIN message m ON m.row = w.message WHERE (w.state = 'working')"
            " <> (w.token IS NOT NULL AND EXISTS (SELECT 1 FROM lease l WHERE l.token = w.token))"
        ),
    ),
    (
        "a lease that miscounts its works",
        (
            "SELECT 'lease ' || token FROM lease l WHERE \"left\" <>"
            " (SELECT count(*) FROM work w WHERE w.row = ANY(l.works) AND w.token = l.token)"
        ),
    ),
    (
        "waits for a lane that is free",
        (
            "SELECT m.id FROM (SELECT DISTINCT ON (queue, lane) row, message, queue, lane, state, blocked FROM work"
            " WHERE lane IS NOT NULL AND state IN ('waiting', 'working', 'held', 'doubt')"
            " ORDER BY queue, lane, coalesce(turn, row << 24), row) w JOIN message m ON m.row = w.message"
            " WHERE w.state = 'waiting' AND w.blocked AND NOT EXISTS (SELECT 1 FROM work b WHERE b.queue = w.queue"
            " AND b.lane = w.lane AND b.lane IS NOT NULL AND b.state = 'working')"
        ),
    ),
    (
        "stored payload is missing or cut off",
        (
            "SELECT m.id FROM message m LEFT JOIN (SELECT p.key, sum(length(c.data)) AS size FROM payload p"
            " JOIN chunk c USING (content) GROUP BY p.key) p ON p.key = m.stored"
            " WHERE m.stored IS NOT NULL AND p.size IS DISTINCT FROM m.size"
        ),
    ),
)


def message(session: Session, id: str) -> Message | None:
    """See ``Records.message``."""
    rows = session.rows(f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.id = %s", (plain(id),))
    return message_of(session.payloads, rows[0]) if rows else None


def named(session: Session, key: str, limit: int) -> list[Message]:
    """See ``Records.named``."""
    exact = message(session, key.lower())
    if exact is not None:  # before business keys: those are partners' data, and must not stand in for an id
        return [exact]
    rows = session.rows(
        f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.row IN (SELECT message FROM business_key WHERE key = %s)"
        " ORDER BY m.row LIMIT %s",
        (plain(key), limit),
    )
    if not rows and len(key) >= SHORTEST_ID:
        sql = f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.id >= %s AND m.id < %s ORDER BY m.id LIMIT %s"
        rows = session.rows(sql, (plain(key.lower()), plain(key.lower()) + "~", limit))
    return [message_of(session.payloads, row) for row in rows]


def children(session: Session, id: str, limit: int) -> list[Message]:
    """See ``Records.children``."""
    sql = f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.parent = %s ORDER BY m.position, m.row LIMIT %s"
    return [message_of(session.payloads, row) for row in session.rows(sql, (plain(id), limit))]


def items(session: Session, query: Query) -> Iterator[Item]:
    """See ``Records.items``."""
    where, values = _where(query)
    sql = f"SELECT {ITEM_COLUMNS}, {MESSAGE_COLUMNS}{_FROM} WHERE {where} ORDER BY w.row DESC LIMIT %s"
    for row in session.rows(sql, values):
        yield item_of(session.payloads, row)


def rows(session: Session, query: Query) -> list[int]:
    """See ``Records.rows``."""
    where, values = _where(query)
    found = session.rows(f"SELECT w.row{_FROM} WHERE {where} ORDER BY w.row DESC LIMIT %s", values)
    return [int(row) for (row,) in found]


def _where(query: Query) -> tuple[str, list[Value]]:
    """The condition of a query, with its values and the limit's."""
    terms: list[tuple[str, list[Value]]] = []
    if query.route is not None:
        route = plain(query.route)
        terms.append(("(q.name = %s OR starts_with(q.name, %s))", [route, f"{route}/"]))
    if query.queue is not None:
        terms.append(("q.name = %s", [plain(query.queue)]))
    if query.message is not None:
        terms.append(("m.id = %s", [plain(query.message)]))
    if query.family is not None:
        terms.append((f"m.row IN ({_MADE} SELECT row FROM family)", [plain(query.family)]))
    if query.below is not None:
        terms.append(("w.row < %s", [query.below]))
    if query.states:
        terms.append(("w.state = ANY(%s)", [[str(state) for state in query.states]]))
        if _PARKED.issuperset(query.states):
            terms.append(("w.state IN ('held', 'dead', 'doubt')", []))  # as index work_parked says it
    values = [value for _, some in terms for value in some]
    return " AND ".join(clause for clause, _ in terms) or "true", [*values, query.limit]


def family(session: Session, id: str) -> list[Tally]:
    """See ``Records.family``."""
    return [
        Tally(state=State(state), sends=sends, count=count, accepted=accepted, settled=settled)
        for state, sends, count, accepted, settled in session.rows(_TALLY, (plain(id),))
    ]


def attempts(session: Session, row: int) -> list[Attempt]:
    """See ``Records.attempts``."""
    sql = "SELECT number, at, event, code, reason, step, findings FROM attempt WHERE work = %s ORDER BY row"
    return [
        Attempt(
            number=number,
            at=at,
            event=Event(event),
            code=code,
            reason=reason,
            step=step,
            findings=tuple(json.loads(findings)) if findings else (),
        )
        for number, at, event, code, reason, step, findings in session.rows(sql, (row,))
    ]


def audit(session: Session) -> Audit:
    """See ``Records.audit``. Reads one snapshot of the whole journal."""
    with session.snapshot() as connection:
        states = _states(connection)
        sums = tuple(
            Sum(queue=name, posted=posted, states=states.get(name, {}), purged=purged)
            for name, posted, purged in connection.execute(_SUMS).fetchall()
        )
        accepted = accepted_of(connection)
        return Audit(sums=sums, accepted=accepted, damage=tuple(_damage(connection)))


def accepted_of(connection: Connection) -> int:
    """How many messages were ever accepted from outside."""
    found = connection.execute(_ACCEPTED, (ACCEPTED,)).fetchone()
    return cast(int, found[0]) if found else 0


def counts(session: Session) -> dict[str, dict[State, int]]:
    """See ``Records.counts``."""
    with session.snapshot() as connection:
        states = _states(connection)
        names = [
            str(name) for (name,) in connection.execute(f"SELECT q.name FROM queue q WHERE {_USED} ORDER BY q.name")
        ]
    return {name: states.get(name, {}) for name in names}


def _states(connection: Connection) -> dict[str, dict[State, int]]:
    found: dict[str, dict[State, int]] = {}
    for name, state, count in connection.execute(_COUNTS):
        found.setdefault(name, {})[State(state)] = count
    return found


def _damage(connection: Connection) -> Iterator[Damage]:
    for what, sql in _DAMAGE:
        for (id,) in connection.execute(f"SELECT * FROM ({sql}) d LIMIT 100").fetchall():
            yield Damage(what=what, message=str(id))


def refuse(session: Session, route: str, identity: str, findings: Iterable[Finding]) -> None:
    """See ``Records.refuse``."""
    values = plain(route), plain(identity), plain(findings_text(tuple(findings)) or "[]")
    sql = "INSERT INTO refusal(at, route, identity, findings) VALUES (clock(), %s, %s, %s)"
    session.run("refuse", lambda connection: connection.execute(sql, values))


def refusals(session: Session, limit: int) -> list[Refusal]:
    """See ``Records.refusals``."""
    sql = "SELECT at, route, identity, findings FROM refusal ORDER BY row DESC LIMIT %s"
    return [
        Refusal(at=at, route=route, identity=identity, findings=tuple(json.loads(findings)))
        for at, route, identity, findings in session.rows(sql, (limit,))
    ]

"""What people ask: messages, work, attempts, and the audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import cast

from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import SHORTEST_ID, Attempt, Audit, Damage, Item, Query, Refusal, Sum, Tally
from crossdock.journal.rows import ITEM_COLUMNS, MESSAGE_COLUMNS, findings_text, item_of, message_of
from crossdock.journal.sqlite.session import Session, Value
from crossdock.message import Message

_ITEMS = (
    f"SELECT {ITEM_COLUMNS}, {MESSAGE_COLUMNS} FROM work w JOIN message m ON m.row = w.message"
    " JOIN queue q ON q.number = w.queue WHERE {where} ORDER BY w.row DESC LIMIT ?"
)
#: A queue that nothing was ever posted to is none to people, unless it is stopped.
_USED = "SELECT number, name FROM queue WHERE posted > 0 OR stopped NOTNULL ORDER BY name"
_MADE = (
    "WITH RECURSIVE family(id, row) AS (SELECT id, row FROM message WHERE id = {id} UNION ALL"
    " SELECT c.id, c.row FROM family f JOIN message c ON c.parent = f.id)"
)
_TALLY = (
    _MADE.format(id="?") + " SELECT w.state, instr(q.name, '/') > 0, count(*), min(w.at), max(w.settled)"
    " FROM family f CROSS JOIN work w ON w.message = f.row JOIN queue q ON q.number = w.queue GROUP BY 1, 2"
)
_PARKED = frozenset({State.HELD, State.DEAD, State.DOUBT})
_DAMAGE = (
    (
        "work without its message",
        "SELECT 'row ' || w.row FROM work w LEFT JOIN message m ON m.row = w.message WHERE m.row IS NULL",
    ),
    (
        "accepted, but in no queue",
        "SELECT id FROM message m WHERE parent IS NULL AND NOT EXISTS (SELECT 1 FROM work w WHERE w.message = m.row)",
    ),
    (
        "not as many parts recorded as were split off",
        (
            "SELECT m.id FROM work w JOIN message m ON m.row = w.message WHERE w.state = 'delivered'"
            " AND w.progress > 0 AND (SELECT sum(progress) FROM work x WHERE x.message = m.row) <> m.gone"
            " + (SELECT count(*) FROM message c WHERE c.parent = m.id AND c.position > 0)"
        ),
    ),
    (
        "leased and not in hand, or in hand without a lease",
        (
            "SELECT m.id FROM work w JOIN message m ON m.row = w.message WHERE (w.state = 'working')"
            " <> (w.token NOTNULL AND w.token IN (SELECT token FROM lease))"
        ),
    ),
    (
        "a lease that miscounts its works",
        (
            "SELECT 'lease ' || token FROM lease l WHERE left <>"
            " (SELECT count(*) FROM json_each(l.works) e JOIN work w ON w.row = e.value AND w.token = l.token)"
        ),
    ),
)


def message(session: Session, id: str) -> Message | None:
    """See ``Records.message``."""
    rows = session.rows(f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.id = ?", (id,))
    return message_of(session.payloads, rows[0]) if rows else None


def named(session: Session, key: str, limit: int) -> list[Message]:
    """See ``Records.named``."""
    exact = message(session, key.lower())
    if exact is not None:  # before business keys: those are partners' data, and must not stand in for an id
        return [exact]
    rows = session.rows(
        f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.row IN (SELECT message FROM business_key WHERE key = ?)"
        " ORDER BY m.row LIMIT ?",
        (key, limit),
    )
    if not rows and len(key) >= SHORTEST_ID:
        sql = f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.id >= ? AND m.id < ? ORDER BY m.id LIMIT ?"
        rows = session.rows(sql, (key.lower(), key.lower() + "~", limit))
    return [message_of(session.payloads, row) for row in rows]


def children(session: Session, id: str, limit: int) -> list[Message]:
    """See ``Records.children``."""
    sql = f"SELECT {MESSAGE_COLUMNS} FROM message m WHERE m.parent = ? ORDER BY m.position, m.row LIMIT ?"
    return [message_of(session.payloads, row) for row in session.rows(sql, (id, limit))]


def _terms(query: Query) -> list[tuple[str, Value]]:
    """Conditions of a query beside the states, each with its value."""
    wanted: list[tuple[str, Value]] = [
        ("(q.name = ?1 OR substr(q.name, 1, length(?1) + 1) = ?1 || '/')", query.route),
        ("q.name = ?", query.queue),
        ("m.id = ?", query.message),
        (f"m.row IN ({_MADE.format(id='?')} SELECT row FROM family)", query.family),
        ("w.row < ?", query.below),
    ]
    return [(clause, value) for clause, value in wanted if value is not None]


def items(session: Session, query: Query) -> Iterator[Item]:
    """See ``Records.items``."""
    terms = _terms(query)
    states = ", ".join(f"'{state}'" for state in query.states)
    clauses = [f"w.state IN ({states})"] if states else []
    if states and _PARKED.issuperset(query.states):
        clauses.append("w.state IN ('held', 'dead', 'doubt')")  # as index work_parked says it
    bindings: list[Value] = []
    for clause, value in terms:
        bindings.append(value)
        clauses.append(clause.replace("?1", "?").replace("?", f"?{len(bindings)}"))
    sql = _ITEMS.format(where=" AND ".join(clauses) or "1")
    sql = sql[: sql.rindex("?")] + f"?{len(bindings) + 1}"
    for row in session.rows(sql, (*bindings, query.limit)):
        yield item_of(session.payloads, row)


def family(session: Session, id: str) -> list[Tally]:
    """See ``Records.family``."""
    return [
        Tally(
            state=State(str(state)),
            sends=bool(sends),
            count=cast(int, count),
            accepted=cast(float, accepted),
            settled=cast("float | None", settled),
        )
        for state, sends, count, accepted, settled in session.rows(_TALLY, (id,))
    ]


def attempts(session: Session, row: int) -> list[Attempt]:
    """See ``Records.attempts``."""
    sql = "SELECT number, at, event, code, reason, step, findings FROM attempt WHERE work = ? ORDER BY rowid"
    return [
        Attempt(
            number=cast(int, number),
            at=cast(float, at),
            event=Event(str(event)),
            code=cast("str | None", code),
            reason=cast("str | None", reason),
            step=cast("str | None", step),
            findings=tuple(json.loads(str(findings))) if findings else (),
        )
        for number, at, event, code, reason, step, findings in session.rows(sql, (row,))
    ]


def audit(session: Session) -> Audit:
    """See ``Records.audit``. Reads one snapshot of the whole journal."""
    with session.snapshot():
        return _account(session)


def counts(session: Session) -> dict[str, dict[State, int]]:
    """See ``Records.counts``."""
    # Without a join, which would look up the queue of every row; and that first, lest a queue come between.
    rows = session.rows("SELECT queue, state, count(*) FROM work GROUP BY queue, state")
    names = {number: str(name) for number, name in session.rows(_USED)}
    found: dict[str, dict[State, int]] = {name: {} for name in names.values()}
    for queue, state, count in rows:
        found[names[queue]][State(str(state))] = cast(int, count)
    return found


def _account(session: Session) -> Audit:
    states = counts(session)
    sums = tuple(
        Sum(queue=str(name), posted=cast(int, posted), states=states[str(name)], purged=cast(int, purged))
        for name, posted, purged in session.rows("SELECT name, posted, purged FROM queue ORDER BY name")
        if str(name) in states
    )
    accepted = int(str(session.value("SELECT value FROM fact WHERE name = 'accepted'")))
    return Audit(sums=sums, accepted=accepted, damage=tuple(_damage(session)))


def _damage(session: Session) -> Iterator[Damage]:
    for line in (str(found) for (found,) in session.rows("PRAGMA quick_check")):
        if line != "ok":
            yield Damage(what=f"journal file: {line}", message="")
    for what, sql in _DAMAGE:
        for (id,) in session.rows(sql + " LIMIT 100"):
            yield Damage(what=what, message=str(id))
    for id, key, size in session.rows("SELECT id, stored, size FROM message WHERE stored NOTNULL"):
        if session.payloads.missing(str(key), cast(int, size)):
            yield Damage(what="stored payload is missing or cut off", message=str(id))


def refuse(session: Session, route: str, identity: str, findings: Iterable[Finding]) -> None:
    """See ``Records.refuse``."""
    with session.transaction("refuse") as connection:
        values = (session.clock.now(), route, identity, findings_text(tuple(findings)) or "[]")
        connection.execute("INSERT INTO refusal VALUES (?, ?, ?, ?)", values)


def refusals(session: Session, limit: int) -> list[Refusal]:
    """See ``Records.refusals``."""
    sql = "SELECT at, route, identity, findings FROM refusal ORDER BY rowid DESC LIMIT ?"
    return [
        Refusal(
            at=cast(float, at),
            route=str(route),
            identity=str(identity),
            findings=tuple(json.loads(str(findings))),
        )
        for at, route, identity, findings in session.rows(sql, (limit,))
    ]

"""What must be installed for a database, and how that is said. Imports none of it."""

from __future__ import annotations

from crossdock.errors import Halt

#: What could not be imported -> the extra of crossdock that has it.
_EXTRAS = {"psycopg": "sql,postgres", "pymysql": "sql,mariadb", "sqlalchemy": "sql"}


def missing(module: str) -> Halt:
    """The way to what is not installed."""
    top = module.partition(".")[0]
    extra = _EXTRAS.get(top)
    hint = f'pip install "crossdock[{extra}]"' if extra else "install the driver of this database for Python"
    return Halt("K801", f"the connector 'sql' needs {top}, which is not installed", hint=hint)

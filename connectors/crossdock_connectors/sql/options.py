"""What every use of a database says about it: where it is, and how long it may take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from crossdock.connector.amounts import Seconds, lasting

#: Scheme of the URL -> dialect and driver. The first five are tested; the others take what SQLAlchemy makes of them.
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mariadb+pymysql": "mariadb+pymysql",
    "sqlite": "sqlite",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mssql+pyodbc": "mssql+pyodbc",
    "oracle+oracledb": "oracle+oracledb",
}


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseOptions(Options):
    """``url`` is best a secret: ``postgresql://``, ``mariadb://`` or ``sqlite:///file.db`` (from the project's root).

    No statement may run for longer than ``timeout``, and no wait for a lock; a connection is there within
    ``connect_timeout``.
    """

    url: SecretStr
    timeout: Annotated[Seconds, lasting("100ms", "1h")] = 30.0
    connect_timeout: Annotated[Seconds, lasting("1s", "5m")] = 10.0

    @field_validator("url")
    @classmethod
    def _is_known(cls, url: SecretStr) -> SecretStr:
        scheme, separator, rest = url.get_secret_value().partition("://")
        if not separator or scheme not in DRIVERS:
            raise ValueError(f"the URL of a database begins with one of: {', '.join(f'{one}://' for one in DRIVERS)}")
        if scheme == "sqlite" and (not rest.startswith("/") or len(rest) == 1 or rest.startswith("/:memory:")):
            raise ValueError("write the file of a SQLite database: sqlite:///erp.db, or sqlite:////var/lib/erp.db")
        return url

    @property
    def scheme(self) -> str:
        """How the URL begins."""
        return self.url.get_secret_value().partition("://")[0]


PageSize = Annotated[int, Field(ge=1, le=10_000)]

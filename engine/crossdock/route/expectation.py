"""What a source is expected to bring, and by when it is overdue.

```yaml
from:
  file: {path: inbox}
  expect: {within: 25h}
```
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

from pydantic import model_validator

from crossdock.connector.amounts import Seconds, lasting
from crossdock.connector.cron import Cron, Zone, moments
from crossdock.route.model import Authorable


class Expectation(Authorable):
    """Something comes ``within`` a time of what came before, or ``by`` each moment of a timetable since the last one.

    ``by`` has the five usual fields of a timetable and is read in ``timezone``: with ``"0 6 * * 1-5"`` something is to
    come each working day before 6:00, after 6:00 of the one before.
    """

    within: Annotated[Seconds, lasting("1s", "366d")] | None = None
    by: Cron | None = None
    timezone: Zone = "UTC"

    @model_validator(mode="after")
    def _one_of_them(self) -> Expectation:
        if (self.within is None) == (self.by is None):
            raise ValueError("expect has either 'within' or 'by'")
        return self

    def due(self, since: float) -> float:
        """When the next arrival is overdue, if the last one came at ``since``; Unix seconds."""
        if self.within is not None:
            return since + self.within
        # The moment it was in time for comes first; by the one after that something else must have come.
        coming = moments(self.by or "", self.timezone, datetime.fromtimestamp(since, UTC))
        return list(islice(coming, 2))[-1].timestamp()

"""``schedule``: a message at each moment of a timetable, to set off what a route does at a time.

```yaml
from:
  schedule: {cron: "0 6 * * 1-5", timezone: Europe/Berlin, missed: latest}
```

Each moment makes one message, once, however many machines run and however often they start. Its document says which
moment it stands for: ``scheduled_at`` (with the offset of the time zone), ``scheduled_utc``, ``sequence`` (1 for the
first), ``missed`` (moments passed over for this one), and what ``bring`` adds; the same stand in the headers
``schedule.at`` and ``schedule.sequence``.

When clocks go forward, a moment in the hour that does not exist comes at its end; when they go back, one in the hour
that exists twice comes the first time. What has ``*`` as minute or hour follows the real time instead, so ``*/15``
comes every fifteen minutes all through the night. That is how Debian's cron does it.
"""

from __future__ import annotations

from crossdock.connector import Connector, SourceKind
from crossdock_connectors.schedule.options import SourceOptions
from crossdock_connectors.schedule.source import ScheduleSource

__all__ = ["CONNECTOR", "ScheduleSource", "SourceOptions"]

CONNECTOR = Connector(
    name="schedule",
    about="Brings a small document at each moment of a timetable, once, over restarts and machines.",
    source=SourceKind(options=SourceOptions, open=ScheduleSource),
)

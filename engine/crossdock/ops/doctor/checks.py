"""Everything the doctor looks at, in the order in which it is told."""

from __future__ import annotations

from crossdock.ops.doctor import files, journal_file, machine, partners, servers, work
from crossdock.ops.doctor.examination import Check

CHECKS = (
    Check("the project", files.project),
    Check("who can read secrets", files.secrets),
    Check("the clock", machine.clock),
    Check("open files", machine.open_files),
    Check("memory", machine.memory),
    Check("time zone and text encoding", machine.place_and_language),
    Check("the SQLite library", journal_file.library),
    Check("the disk of the journal", journal_file.disk),
    Check("flushes of the disk", journal_file.flushes),
    Check("the journal's file", journal_file.content),
    Check("the reserve", journal_file.reserve),
    Check("PostgreSQL", servers.postgresql),
    Check("RabbitMQ", servers.rabbitmq),
    Check("stopped queues and open breakers", work.queues),
    Check("what waits", work.waiting),
    Check("what needs a person", work.parked),
    Check("what partners acknowledged", partners.acknowledgements),
    Check("control numbers", partners.control_numbers),
    Check("sources", work.sources),
    Check("hosts", work.runs),
)

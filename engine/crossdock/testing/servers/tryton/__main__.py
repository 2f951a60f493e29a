"""``python -m crossdock.testing.servers.tryton``: make the filled database that tests begin with, and say where it is."""

import sys

from crossdock.testing.servers.tryton import template

sys.stdout.write(f"{template()}\n")

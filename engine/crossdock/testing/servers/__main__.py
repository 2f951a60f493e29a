"""The keeper of a shared server: ``python -m crossdock.testing.servers NAME FOLDER``."""

import sys
from pathlib import Path

from crossdock.testing.servers.shared import keep

if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))

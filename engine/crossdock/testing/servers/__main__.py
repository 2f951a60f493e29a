"""The keeper of a shared server: ``python -m crossdock.testing.servers NAME FOLDER``."""

import sys
from pathlib import Path

from crossdock.testing.servers.shared import keep

if __name__ == "__main__":
    match sys.argv[1:]:
        case [name, folder] if not name.startswith("-"):
            keep(name, Path(folder))
        case _:
            sys.exit(__doc__)

"""``python -m crossdock``: the same as the ``crossdock`` command."""

from crossdock.cli.main import main

main()

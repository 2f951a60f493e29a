"""The ``crossdock`` command: thin click commands, each imported only when it is called."""

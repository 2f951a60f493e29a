"""The connectors that come with crossdock: one system, one file, found by the engine through entry points."""

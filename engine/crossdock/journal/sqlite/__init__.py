"""The journal in one SQLite file: the embedded engine's record, bus and queue in the same transaction."""

"""Connections to PostgreSQL: the one place that knows how to open one and what its failures mean."""

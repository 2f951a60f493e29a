"""Durable channels between routes: one contract, several implementations. The journal is the truth; a bus is a hint."""

"""The journal in PostgreSQL: for any number of machines."""

"""``crossdock torture``: a real run of a project under faults, judged by what its partners saw."""

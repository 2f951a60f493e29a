"""First drafts from a sample: a mapping, a route, a package. What is not certain says so, in the file.

``sample`` reads the first documents of a payload, ``known`` takes what the distributor pack knows of their format,
``leaves``, ``words``, ``values`` and ``matching`` guess by names and values where it knows nothing, ``nodes`` and
``written`` make YAML of it. ``mapping``, ``route`` and ``connector`` put the files together; ``drafts`` writes them.
"""

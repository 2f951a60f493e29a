"""First drafts from a sample: a mapping, a route, a package. What is not certain says so, in the file.

``sample`` reads the first documents of a payload (``delimited`` tells how a text in columns is written, ``flavours`` kinds
of XML, ``wrapped`` documents inside one payload). ``known`` takes what the distributor pack knows of their format;
``qualified`` what the qualifiers of X12 and EDIFACT say where it knows nothing; ``leaves``, ``words``, ``values``,
``matching``, ``lists`` and ``units`` guess by names and values, and ``guessing`` makes fields of it. ``nodes`` and ``written``
make YAML of these, ``trial`` tries them on the sample, ``cases`` and ``leftover`` say what came of it. ``mapping``,
``route`` and ``connector`` put the files together; ``drafts`` writes them.
"""

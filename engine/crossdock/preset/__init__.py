"""Presets: a system described in one YAML file as places of a base connector, with parameters filled in.

A preset becomes a ``Connector`` of its own name: ``from: {shopify: {orders: {shop: globex, …}}}``. Its places are the
options of the base connector (``http``, ``sql``), and everything that connector promises holds: effect class, probe,
target. ``file`` is what an author may write, ``filling`` puts parameters in, ``options`` makes the models that routes
are read by, ``making`` puts them together, ``found`` knows those that are installed or that a project has.
"""

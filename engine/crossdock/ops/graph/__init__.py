"""A project as a picture: what comes in where, which route takes it, over which topic, and to whom it goes.

``model`` is the picture as nodes and edges, ``making`` makes it from a loaded project, ``layout`` says where everything
stands, ``svg`` draws it, and ``text`` writes it for programs that draw themselves (Mermaid, Graphviz).
"""

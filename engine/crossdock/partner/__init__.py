"""Trading partners: who they are, what was agreed with them, and what follows from it. Pure.

Nothing here reads a payload or a file: codecs say what an envelope holds, and the route language reads the profiles.
"""

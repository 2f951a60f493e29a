"""The functions of the language, by what they work on. Each is pure, and each tells what it cannot take by a ``Fault``.

Functions of ours answer null with null, so that what is absent in the source stays absent in the result.
"""

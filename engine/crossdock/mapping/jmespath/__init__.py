"""Our JMESPath compiler: the official package parses, we turn the result into Python source.

``syntax`` (text -> nodes with columns) -> ``lower`` (nodes -> terms: a graph without repetition) -> ``emit`` (terms ->
statements); ``trace`` evaluates terms slowly and knows where every value came from.
"""

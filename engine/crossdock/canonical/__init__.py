"""Contracts: the versioned canonical objects that documents become, and are judged by.

``catalogue`` finds a contract by its name; each stands in a file of its own and is put together from ``blocks``.
"""

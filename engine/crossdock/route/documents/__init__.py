"""The shapes of the documents that mappings and routes read and make, by name: ``x12/850``, ``order/v1``."""

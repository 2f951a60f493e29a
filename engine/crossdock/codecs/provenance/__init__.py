"""Provenance: the way back from a value of a document to the characters of the payload that say it."""

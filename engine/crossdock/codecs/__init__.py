"""Codecs: bytes <-> documents. Pure and streaming; one package or file for each format, found by the registry."""

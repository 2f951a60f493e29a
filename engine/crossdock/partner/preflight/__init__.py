"""Preflight: what retailers charge back for, asked before anything is sent. Named rules over documents. Pure.

A rule looks at one document and at what it is told of the circumstances (the day, earlier documents, what was agreed),
and gives findings with amounts, at the place where they are. Documents are taken as they come: what a contract would
refuse is left to the contract, and nothing a document holds makes a rule fail.
"""

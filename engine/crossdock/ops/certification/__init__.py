"""Certification: a partner's files through profile, dictionary, mapping and contract, and a report one can send them.

Nothing is written into the journal and nothing is sent.
"""

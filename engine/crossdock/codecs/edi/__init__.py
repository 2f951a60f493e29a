"""What X12 and EDIFACT share: dictionary model and notation, compiled sets, the walk through a transaction, verdicts."""

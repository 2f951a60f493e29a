"""The EDIFACT dictionary: compact tables of facts, and what they mean once compiled."""

"""The X12 dictionary: compact tables of facts, and what they mean once compiled."""

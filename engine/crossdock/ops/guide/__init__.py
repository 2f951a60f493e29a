"""The implementation guide for one partner: what was agreed, in words and tables, as a page to print or send."""

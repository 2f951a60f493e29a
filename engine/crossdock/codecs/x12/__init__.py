"""X12: any set and release read by structure, described sets with full validation, written by the same tables."""

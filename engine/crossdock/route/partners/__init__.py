"""Partners in the language: their files read and checked, what was agreed with them compiled, their routes made."""

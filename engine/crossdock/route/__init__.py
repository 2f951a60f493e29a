"""The language: routes read, checked and compiled to values that decide."""

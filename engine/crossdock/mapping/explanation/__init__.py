"""How a mapping came to its result: every field with what it was made of, and what made it stay empty."""

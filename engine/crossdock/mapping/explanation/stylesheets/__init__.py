"""How a stylesheet came to its result: a copy of it runs once more, with marks beside everything that writes."""

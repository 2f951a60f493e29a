"""The parts every contract is built from: exact numbers, dates, identifiers, parties, items, money."""

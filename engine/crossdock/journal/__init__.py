"""The durable record and the truth: messages, work, attempts, keys. One contract, several implementations."""

"""``crossdock map --explain``: every field of a result with the place in the payload that it came from."""

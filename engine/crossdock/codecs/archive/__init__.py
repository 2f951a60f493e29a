"""Archives and compressed payloads: bounded, never trusted, in flat memory."""

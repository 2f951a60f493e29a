"""What changed files would alter in what is deployed: which steps, options and fields, and what that means for messages."""

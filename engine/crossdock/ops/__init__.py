"""What operations people need: find a message, see what happened to it, put it right, prove the sum."""

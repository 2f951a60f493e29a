"""The life of one piece of work: its states, its retry schedule, what an error makes of it. Pure."""

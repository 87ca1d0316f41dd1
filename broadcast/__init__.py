"""The server: what may be said, when, where, and what became of it."""

"""What stands beside the alarm's shortest path: its books, words and ledger file."""

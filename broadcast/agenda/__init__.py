"""The calendar: what is coming, guards, repeats, holds, feeds."""

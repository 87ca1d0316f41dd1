"""Text to sound; knows nothing of bulletins or networks."""

"""What the command line does besides serving: trials, figures, one-off jobs."""

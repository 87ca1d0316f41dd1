"""The control panel: asks the office, decides nothing."""

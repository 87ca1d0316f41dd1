"""The receiver under the horns: holds 72 hours of plan and sound and plays them by its own clock."""

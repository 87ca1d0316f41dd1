"""Decisions only, pure: no clock, no disk, no network is asked here."""

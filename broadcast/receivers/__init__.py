"""Receivers: enrolment, assignments, orders, presence, reports."""

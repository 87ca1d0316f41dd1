"""Accounts, logins, sessions, invitations, second factors."""

"""Agencies, people, roles, sign-in and sessions."""

"""Calendars, events and channels, and what the API answers about them."""

"""Rows and columns: what may be set on them, and what the database refuses."""

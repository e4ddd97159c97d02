"""Django's own backend, with patience for a database that is away; `ENGINE` in the settings."""

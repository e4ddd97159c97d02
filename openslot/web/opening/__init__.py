"""When a provider is open: the week, and the days that differ from it."""

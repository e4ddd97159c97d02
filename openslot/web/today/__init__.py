"""Home: a provider's day at a glance, and for everybody else where to find a time."""

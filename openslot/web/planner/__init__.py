"""The planner: a provider's days as a grid to drag in."""

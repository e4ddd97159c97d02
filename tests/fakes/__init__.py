"""The world's edges, as real as they get on one machine."""

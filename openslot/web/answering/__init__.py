"""What waits for a provider's answer, one at a time or many at once."""

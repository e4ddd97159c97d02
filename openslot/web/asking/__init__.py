"""What a provider asks of whoever books a service."""

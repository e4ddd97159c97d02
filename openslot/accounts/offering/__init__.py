"""What a provider decides about being booked: the rules, and the sites that may show them."""

"""Who signs in, what they have allowed, and the tokens that say so."""

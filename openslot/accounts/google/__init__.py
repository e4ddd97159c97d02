"""Signing in with Google: what Google says about somebody, and whose account that is."""

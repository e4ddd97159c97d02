"""Saving what somebody read and changed."""

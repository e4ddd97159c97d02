"""What people type, and the languages they read."""

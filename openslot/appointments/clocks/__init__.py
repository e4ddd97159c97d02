"""What becomes of times that were agreed by the wall clock when a zone gets other rules."""

"""What a shop needs to begin, and the invented coffee chain of the demo."""

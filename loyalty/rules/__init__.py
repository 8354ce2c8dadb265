"""What a bill earns: pure functions of the bill and of what stood when it was made."""

"""The shop's own look and words, which every door follows: colour, logo, the name of its point, its currency sign."""

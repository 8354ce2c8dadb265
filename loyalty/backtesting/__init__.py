"""What rules would have given over bills that were made, set by set, beside what they did give."""

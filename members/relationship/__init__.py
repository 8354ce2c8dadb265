"""What passes between a member and the shop beside buying: notes, cases, feedback, surveys, recommendations."""

"""What passed between the chain and its members in the last months: notes, cases, feedback, surveys, recommendations.

Written in a few statements, with the events from which the timeline is made; the same seed says the same.
"""

from dashboard.seeding.relationship.story import write

__all__ = ["write"]

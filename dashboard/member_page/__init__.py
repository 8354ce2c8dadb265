"""One member's page: who they are on top, one section at a time below, and what staff do for them in place.

A section is a tab with an address of its own (`?tab=cases`); a tap on it fetches that section alone. Every query asks
by this member and takes a few rows, so that a page costs the same among a million members.
"""

from dashboard.member_page.page import page, section, top

__all__ = ["page", "section", "top"]

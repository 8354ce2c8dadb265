"""Bonus rules in the dashboard: built without code, tried, looked back over, and put in force by two people."""

"""Alerts: from a figure to the right person, once, and when it is over."""

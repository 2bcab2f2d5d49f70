"""Calling a user's function: with arrays of its kind, within limits, and with a name for all that goes wrong."""

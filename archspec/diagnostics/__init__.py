"""Faults of a spec: where they are, what they say, and how they are shown."""

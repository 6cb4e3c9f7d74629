"""Primitives: a class for each, a family per file."""

"""Caches that are each wrong in one way, taken from a bug that really happened: the suite must catch them all."""

"""Circuit breakers that are each wrong in one way, taken from a real bug, and right ones of other makes.

A mutant's first line says what is wrong and where that happened; ``caught_by`` names the promises that it breaks.
"""

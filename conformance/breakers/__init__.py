"""The circuit breakers that are judged by name: one file each, found by where it lies."""

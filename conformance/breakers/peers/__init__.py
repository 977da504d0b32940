"""The circuit breakers of others, one file each."""

"""The caches of others, one file each."""

"""The sections of the report, one file each: found by lying here, placed by their ``order``."""

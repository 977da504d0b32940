"""Is the working tree slower than another ref, or than an installed version? ``python -m bench.gate --base=REF``."""

"""Result files in, pages out: ``python -m reports DIR``."""

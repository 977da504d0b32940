"""The suite, installed: ``cacheproof.conformance``, ``cacheproof.bench`` and ``cacheproof.reports``.

In a checkout these are the folders beside this one.
"""

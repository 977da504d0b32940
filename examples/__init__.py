"""Three tours of ``cache_impl``, to be run and to be read: each prints what it has just measured."""

"""A plugin for judging those who are known to be wrong: what does not arrive in a few seconds is given up on."""

from __future__ import annotations

from conformance import interleaving, outages

interleaving.SAFETY = outages.SAFETY = 4.0
interleaving.PATIENCE = 3.0

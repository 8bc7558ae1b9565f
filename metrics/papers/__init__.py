"""Papers that are handed in, recomputed from what they say themselves and beside our results; pure."""

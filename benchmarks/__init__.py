"""Speed as ratios: ours, a named peer and the limit, interleaved in one run. No tests."""

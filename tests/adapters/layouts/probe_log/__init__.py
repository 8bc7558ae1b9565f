"""A probe's own log in gzip: no title, epoch seconds, latency in seconds."""

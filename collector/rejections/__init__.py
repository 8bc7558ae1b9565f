"""Rejected rows out to the officer in the vendor's own layout, and the corrected ones back in."""

"""Probing on time: many targets at once, none of which delays another, handed over in rounds."""

"""The demo's generator, its messes and its way through the whole system."""

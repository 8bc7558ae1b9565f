"""The demo workspace: a year of an invented court, told by three vendors as badly as real ones tell it."""

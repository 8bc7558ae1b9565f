"""The application: settings, ingest, store, compute, publish, commands."""

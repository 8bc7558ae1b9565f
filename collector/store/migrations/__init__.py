"""Alembic migrations. A migration says what was true on its day: it never imports the present schema."""

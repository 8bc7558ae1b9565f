"""Marks of a self-evaluation (自评表) by a rule pack: exact arithmetic, every mark with its rule; pure."""

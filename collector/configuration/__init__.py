"""Configuration: YAML with line numbers, its models, its cross checks, its JSON Schema, its profiles."""

"""Reading scenarios: YAML with positions, then shape, then references."""

"""From the text of a spec to a Document: YAML with positions, its models, and expressions."""

"""From a source to the facts: read, map, clean, check, roll up, pull."""

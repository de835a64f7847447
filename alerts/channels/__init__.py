"""The ways people are told. Every channel believes the far end's own answer, never the mere status line."""

"""The benchmark: ``python -m bench`` measures the product against the raw engine on the same machine."""

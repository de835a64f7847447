"""English as the second language of the interface: twins of the texts, and phrases for what comes from below."""

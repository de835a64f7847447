"""Pure functions: what to show → a plain plotly figure (dict). They know neither the data room nor the database."""

"""Parts of pages as pure functions: plain data → components. They know neither the data room nor the database."""

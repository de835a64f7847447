"""The jobs and who runs them: one scheduler a database, however many processes."""

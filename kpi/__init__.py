"""What a number MEANS: pure functions of frames and dates. No SQL, no Dash, no clock, no files."""

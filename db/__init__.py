"""The only room that knows SQLAlchemy."""

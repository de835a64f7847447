"""Daily, weekly, monthly and half-year reports: built as plain data once, rendered as mail, PDF, xlsx and docx."""

"""Tables beyond those of records."""

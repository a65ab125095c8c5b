"""Tables of schedules for the documentation, from the answers of ``mscape schedule``."""

"""What a person reads: page data as plain dataclasses, templates and figures.

Belongs here: one set of pages, written to a folder by a command and later served as they are.
Does not: arithmetic on results, or a second copy of anything another folder already shows.
"""

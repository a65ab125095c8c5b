"""Worked examples of cohorts: from the JSON of the command to the tables of their page."""

"""What papers reported: record types, their loader and checks, and the curated data itself.

Belongs here: mechanisms, claims, steps, protocols, arms, contrasts, terms, evidence, checks on records alone.
Does not: simulation, and conversion of what a paper wrote: units stay as printed.
"""

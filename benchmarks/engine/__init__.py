"""How fast the engine is, beside what pip can install: ``python -m benchmarks.engine``.

Every engine solves the same SBML models for the same draws in a process of its own, on one core, and returns
all states; what is compared is the time at equal achieved error. Nothing here is part of mscape or its tests.
"""

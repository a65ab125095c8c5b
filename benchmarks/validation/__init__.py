"""How well weights stand in for new fits, and the tables of `docs/explanation/validation.md`.

`python -m benchmarks.validation` says how to run it.
"""

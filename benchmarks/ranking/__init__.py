"""The tables of `docs/explanation/ranking.md`, from the JSON of ``mscape rank``.

`python -m benchmarks.ranking` says how to run it.
"""

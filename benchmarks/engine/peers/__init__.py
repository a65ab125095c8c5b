"""One file an engine: how it is loaded and how it solves a batch. Run by its own Python.

A file may import NumPy, ``worker`` and its engine, nothing else of the repository (ours excepted).
"""

"""How a model is solved: methods, step control, batches, and how each trajectory ended.

Belongs here: one method a file, batch layout, the status of each trajectory.
Does not: anything that could not also solve a problem from a numerical textbook: no drugs, no stroma, no
curated records.
"""

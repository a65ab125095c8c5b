"""The SBML Test Suite, run through mscape's engine and libRoadRunner side by side.

Belongs here: reading cases, running engines in processes of their own, comparing, counting.
"""

"""The bridge, and the only place where evidence meets simulation.

Belongs here: what a culture, dose, perturbation or period does to a network; arms bound to models; scoring;
checks that need both record and model. Does not: optimisation, plots, file formats other than the plate a
user brings.
"""

"""Translation to and from other formats: one file or folder a format, with ``read`` or ``write`` or both.

Belongs here: SBML out with annotations, PEtab out and back, later OMEX, SBGN, KGX. Does not: decisions. If a
format needs a fact, the fact lives below. Reading the model we run is ``network``'s.
"""

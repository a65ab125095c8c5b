"""What explains the evidence: ensembles of parameters that sources and contrasts allow.

Belongs here: one question a file, answered from experiments. Does not: reading files, printing, HTML.
"""

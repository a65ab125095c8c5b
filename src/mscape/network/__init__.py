"""What a model is: species, compartments, reactions, parameters, rules and events.

Belongs here: structure and rate laws, the Jacobian, conservation laws, reading and writing Antimony and SBML.
Does not: numbers from papers, solvers, any other file format, anything about drugs, stroma or plates.
"""

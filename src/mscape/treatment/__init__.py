"""What would give sensitivity back: interventions in a model of a culture, ranked with intervals.

Belongs here: how much of an intervention is given and on what ground, what it takes from the protection,
the rank and the words that follow, and the controls of a ranking. Does not: the curated interventions
(atlas), which mechanisms they bear on (experiments), printing.
"""

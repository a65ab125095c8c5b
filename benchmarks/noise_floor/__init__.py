"""How well public sets agree on an IC50: ``python -m benchmarks.noise_floor TABLE``.

What comes out, ``between_sets.tsv``, holds differences between sets and no value of any of them. From it is
`mscape.experiments.bind.BETWEEN_SETS_SD`, and the tests compare the two.
"""

"""Cohorts: many virtual donors and tumours in one experiment.

How their numbers vary (`member`, `line`), what a laboratory can read of each before the drug (`state`), how
variance splits between donors and tumours (`variance`), and how much a reading says of an outcome (`mutual`,
`discriminate`). A cohort is a spread of a model's parameters, not of people. What is done to one stands in
``treatment``.
"""

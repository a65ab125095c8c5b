"""PEtab: a mechanism with its experiments, priors and contrasts in one folder; version 2 read back."""

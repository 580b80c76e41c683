"""FINESS, the register of health structures, in the three forms it has been published in."""

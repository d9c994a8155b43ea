"""The bundle: the evidence of one grade in one ZIP, complete without a network or our programs."""

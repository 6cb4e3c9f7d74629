"""Trained weights: checkpoints read, their entries paired with a network's, and written under the names of either."""

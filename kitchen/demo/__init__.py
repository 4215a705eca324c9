"""The demo kitchen: a small believable restaurant to try everything out in."""

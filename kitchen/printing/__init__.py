"""Printing: from a print job to paper that the printer vouches for."""

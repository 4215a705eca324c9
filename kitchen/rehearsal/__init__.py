"""Replaying the orders of a data file: read it, find each dish a station, keep its rhythm."""

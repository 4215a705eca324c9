"""The usual designs, written for comparison; no part of the product."""

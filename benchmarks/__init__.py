"""The performance table: the product beside the usual designs, measured in one run."""

"""A naive recalculation of the ledger from the documents alone: the product's oracle."""

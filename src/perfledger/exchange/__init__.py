"""Sheets in and out: the forms of a scheme, filled sheets as entries, the ledger as a workbook."""

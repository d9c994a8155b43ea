"""Many ledgers replayed: entries as columns, one pure function over them, and what runs it.

`replay.replay` is pure: batches of whole unit-years in, batches of ranked classes out, by the fold
and the scoring of the ledger itself. `inprocess`, `pool` and `spark` only bring rows to it.
"""

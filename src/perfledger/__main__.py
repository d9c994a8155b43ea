"""`python -m perfledger` is the command `perfledger`."""

from perfledger.cli import main

main()

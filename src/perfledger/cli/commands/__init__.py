"""The commands, a file per group of them; each loads the rest of the program when it runs."""

"""Many ledgers: a catalogue of counties, and one piece of work done in each of them."""

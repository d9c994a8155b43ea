"""What an auditor runs: everything derived again, by other code than the writer's."""

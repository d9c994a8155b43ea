"""Figures of many counties: replay by one process, a pool and Spark, and writers on PostgreSQL."""

"""Spark's Python daemon with the replay loaded: the workers that it forks need not load it each."""

import pandas  # type: ignore[import-untyped]  # noqa: F401  # Spark's workers load it
from pyspark.daemon import manager

import perfledger.replay.spark  # noqa: F401

if __name__ == "__main__":
    manager()

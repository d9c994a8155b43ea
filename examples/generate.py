"""Rewrite the two example journals that lie beside this script.

    python examples/generate.py

The output is the same, byte for byte, on every run and every machine: all chance comes from
seeded generators, and nothing reads the clock. Only the standard library is needed.
"""

from __future__ import annotations

from pathlib import Path

from generator.qitai.year import qitai_2012
from generator.zhengding.year import zhengding_2013

HERE = Path(__file__).resolve().parent


def main() -> None:
    for name, build in (("zhengding-2013", zhengding_2013), ("qitai-2012", qitai_2012)):
        journal = build()
        path = HERE / f"{name}.jsonl"
        path.write_text(journal.to_text(), encoding="utf-8", newline="\n")
        print(f"{path.name}: {len(journal.entries)} entries")


if __name__ == "__main__":
    main()

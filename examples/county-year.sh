#!/bin/sh
# The main job on the embedded database: make the environment, create a ledger, import the
# example county's year, print a ranking and one unit explained. Needs Python 3.11 or newer.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

if [ ! -x .venv/bin/perfledger ]; then
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps .
fi
rm -f county.db

run() {
    echo "\$ perfledger $*"
    .venv/bin/perfledger "$@"
    echo
}
export PERFLEDGER_DB=sqlite:///county.db
run init
run import examples/zhengding-2013.jsonl
run rank --scheme zhengding --year 2013 --unit-class township
run explain T02 --year 2013

#!/usr/bin/env bash
# pnpm bench:peers [peer ...]   measures Telos beside its peers in one run; peers as in the bench-peers folder's README.
# TELOS_BENCH_PEERS names that folder (default: ../shared/bench-peers beside the repository).
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${TELOS_BENCH_PEERS:-$PWD/../shared/bench-peers}
[ -d "$peers" ] || { echo "No folder of peers at $peers; set TELOS_BENCH_PEERS." >&2; exit 2; }
work=${BENCH_WORK:-${TMPDIR:-/tmp}/telos-bench-peers}
mkdir -p "$work"
cp -r "$peers/." "$work/"
chmod -R u+w "$work"
cp tests/bench/peers/*.mjs "$work/"
node_modules/.bin/node --conditions=source --no-warnings tests/bench/bundle.ts "$work/telos-engine.mjs"
"$work/run.sh" "$@"

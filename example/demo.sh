#!/bin/sh
# `make demo`: the example graph into a store, its short links resolved from the map beside it, and notes written.
set -eu
cd "$(dirname "$0")"
rm -rf "$DEMO"
mkdir -p "$DEMO"
cp -r graph links.csv "$DEMO/"
cd "$DEMO"
export PATH="$BIN:$PATH" GLEANINGS_CONFIG=
run() {
    echo "\$ $*"
    "$@"
    echo
}
run gleanings import graph
run gleanings links import links.csv
run gleanings export notes
run gleanings topics
run gleanings search "chain rule"
echo "Look at:"
echo "  $DEMO/notes/Index.md"
echo "  $DEMO/notes/topics/Linear Algebra.md"
echo "  datasette $DEMO/gleanings.db    (pip install datasette)"

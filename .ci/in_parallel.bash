# Sourced by run and nightly: lint and dates fill what the tests leave of the cores while they wait.
set -eu
export CI=1
make .venv/.ready

beside_the_tests() {
  said=$(mktemp)
  "$@" >"$said" 2>&1 &
  beside=$!
  trap 'kill "$beside" 2>/dev/null || true; cat "$said"; rm -f "$said"' EXIT
}

also_went_well() {
  wait "$beside"
}

# What the suites written in shell share: a folder for their work, counting, the closing line.  They
# begin with  . "$(dirname "$0")/../support/checks.sh"  and end with  finish
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() # WHAT COMMAND...
{
    local what=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL  $what"
        head -40 "$work/log" | sed 's/^/      /'
    fi
}

skip() { echo "skip  $*"; }

has() { command -v "$1" >/dev/null 2>&1; }

finish()
{
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

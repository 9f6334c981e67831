#!/bin/sh
# Runs the cases of the pith command:  run.sh PITH_BINARY [CASE...]
#
# A case is a script cases/NAME.sh.  It runs in an empty directory with $PITH set and the functions
# of lib.sh at hand, and passes if it exits with 0, and if its stdout and stderr equal NAME.stdout.exact
# and NAME.stderr.exact where those exist.  Exit status 77 means that this machine lacks what the case
# needs; it counts as passed and says so.  The last line is "N passed, N failed".
#
# PITH_CLI_WITHOUT="CASE ..." leaves cases out where all of them are run.
set -u
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: run.sh PITH_BINARY [CASE...]" >&2; exit 2; }
PITH=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$PITH" ] || { echo "run.sh: $PITH is no program" >&2; exit 2; }
shift
CLI_LIB=$here/lib.sh
PITH_PTY=${PITH_PTY:-$(dirname "$PITH")/tests/cli_pty}
export PITH CLI_LIB PITH_PTY
unset PITH_LEVEL PITH_NBTHREADS PITH_PRIOR_PATH POSIXLY_CORRECT

root=$(mktemp -d "${TMPDIR:-/tmp}/pith-cli.XXXXXX") || exit 2
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$root"
passed=0 failed=0

# differs KIND: does the case's stream differ from what it is to be?
differs()
{
    [ -f "$here/cases/$name.$1.exact" ] && ! cmp -s "$here/cases/$name.$1.exact" "$root/$1"
}

report_failure()
{
    failed=$((failed + 1))
    printf 'FAIL  %s: %s\n' "$name" "$1"
    for stream in stdout stderr; do
        if differs $stream; then
            diff "$here/cases/$name.$stream.exact" "$root/$stream" | sed 's/^/      /' | head -20
        else
            sed "s/^/      $stream: /" "$root/$stream" | tail -20
        fi
    done
}

run_case()
{
    mkdir "$root/work" || exit 2
    (cd "$root/work" && exec sh "$here/cases/$name.sh") \
        >"$root/stdout" 2>"$root/stderr" </dev/null
    status=$?
    chmod -R u+rwx "$root/work"
    rm -rf "$root/work"
    if [ $status = 77 ]; then
        passed=$((passed + 1))
        printf 'ok    %s (skipped: %s)\n' "$name" "$(tail -1 "$root/stdout")"
    elif [ $status != 0 ]; then
        report_failure "exit status $status"
    elif differs stdout; then
        report_failure "stdout differs"
    elif differs stderr; then
        report_failure "stderr differs"
    else
        passed=$((passed + 1))
        printf 'ok    %s\n' "$name"
    fi
}

if [ $# = 0 ]; then
    for path in "$here"/cases/*.sh; do
        name=$(basename "$path" .sh)
        case " ${PITH_CLI_WITHOUT-} " in
        *" $name "*) printf 'skip  %s: left out\n' "$name" ;;
        *) run_case ;;
        esac
    done
else
    for name in "$@"; do
        run_case
    done
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]

#!/bin/bash
# Which lines of the container, the coder and the api run in the unit, golden and CLI tests and over the
# fuzz corpus.  Models are not counted: they would take an hour.
# Prints each file and folder and which lines are left; status 1 when a folder is below its bar.  Lines
# that cannot be reached are in docs/coverage.md with the reason.
#
#   coverage.sh       after cmake/deps.sh build test coverage
set -u
cd "$(dirname "$0")/.." || exit 2
build=build/coverage
bar=95
folders='src/container src/coder src/api'
mkdir -p build/logs

cmake --preset coverage -DPITH_TESTS=ON >build/logs/build-coverage.log 2>&1 &&
    cmake --build "$build" -j "$(nproc)" >>build/logs/build-coverage.log 2>&1 || {
    grep -E -A6 'error|Error|FAILED' build/logs/build-coverage.log | head -40
    exit 1
}
find "$build" -name '*.gcda' -delete
ctest --test-dir "$build" -j "$(nproc)" --timeout 900 -LE '^(lint|install|cli|promises)$' \
    >build/logs/coverage.log 2>&1 </dev/null || {
    grep -E '\*\*\*|tests failed' build/logs/coverage.log
    exit 1
}
# Not those that kill the command or fail its system calls, which would tear files of counts, nor the
# one in which another user runs it, who may not write them.
cases=$(cd tests/cli/cases && printf '%s\n' *.sh | sed 's/\.sh$//' | grep -vxE 'kill|signals|system-calls|unreadable')
# shellcheck disable=SC2086
bash tests/cli/run.sh "$build/pith" $cases >build/logs/coverage-cli.log 2>&1 </dev/null || {
    grep -vE '^(ok|skip)' build/logs/coverage-cli.log
    exit 1
}

gcovr --root . --object-directory "$build" --filter 'src/(container|coder|api)/' \
    --json-summary build/logs/coverage.json --txt build/logs/coverage.txt >/dev/null || exit 1
sed -n '/^---/,$p' build/logs/coverage.txt

# Sums by folder from gcovr's one line a file: name, lines, lines run.
gcovr --root . --object-directory "$build" --filter 'src/(container|coder|api)/' --csv |
    awk -F, -v bar="$bar" -v folders="$folders" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    {
        folder = $column["filename"]; sub(/\/[^\/]*$/, "", folder)
        total[folder] += $column["line_total"]; run[folder] += $column["line_covered"]
    }
    END {
        n = split(folders, names, " ")
        for (i = 1; i <= n; i++) {
            percent = total[names[i]] ? 100 * run[names[i]] / total[names[i]] : 0
            printf "%-14s %5d of %5d lines run: %.1f %%\n", names[i], run[names[i]], total[names[i]], percent
            if (percent < bar) { print "below " bar " %"; low = 1 }
        }
        exit low
    }'

# What the cases share.  Each begins with:  . "$CLI_LIB"
set -u

fail()
{
    echo "failed: $*" >&2
    exit 1
}

skip()
{
    echo "$*"
    exit 77
}

# expect CODE COMMAND...: runs it and checks its exit code.
expect()
{
    wanted=$1
    shift
    "$@"
    got=$?
    [ $got = "$wanted" ] || fail "exit code $got, not $wanted: $*"
}

# complains CODE PATTERN COMMAND...: as expect; stderr must be one line that the grep pattern matches.
complains()
{
    wanted=$1 pattern=$2
    shift 2
    "$@" 2>complaint
    got=$?
    [ $got = "$wanted" ] || fail "exit code $got, not $wanted: $*: $(cat complaint)"
    grep -q -e "$pattern" complaint || fail "no '$pattern' in: $(cat complaint)"
    [ "$(wc -l <complaint)" = 1 ] || fail "more than one line: $(cat complaint)"
    rm -f complaint
}

# terminal STREAMS [QUESTION ANSWER]... -- COMMAND...: see pty.c; what was seen is in the file screen,
# carriage returns turned into newlines.
terminal()
{
    streams=$1
    shift
    "$PITH_PTY" "$streams" screen.raw "$@"
    status=$?
    [ $status != 124 ] && [ $status != 125 ] || fail "pty: $status"
    tr '\r' '\n' <screen.raw >screen
    return $status
}

need_terminal()
{
    [ -x "$PITH_PTY" ] || skip "no $PITH_PTY: it is built with the tests"
    "$PITH_PTY" ioe screen.raw -- true 2>/dev/null || skip "no pseudo-terminal"
}

# silent COMMAND...: exit code 0 and nothing on stderr.
silent()
{
    "$@" 2>noise || fail "exit code $?: $*: $(cat noise)"
    [ ! -s noise ] || fail "not silent: $*: $(cat noise)"
    rm -f noise
}

same()
{
    cmp "$1" "$2" >&2 || fail "$1 and $2 differ"
}

absent()
{
    for path in "$@"; do
        if [ -e "$path" ] || [ -h "$path" ]; then fail "$path exists"; fi
    done
}

# No temporary file of ours may be left in a directory.
clean()
{
    left=$(find "${1:-.}" -name '.pith-*' | head -3)
    [ -z "$left" ] || fail "left behind: $left"
}

# text LEN: that many bytes of text, always the same, compressible but not trivial.
text()
{
    awk -v len="$1" 'BEGIN {
        n = split("the of and archive predictor mixer coder learns while it reads a bit of", word)
        for (seed = 7; done < len; done += length(line) + 1) {
            line = ""
            for (k = 0; k < 9; k++) {
                seed = (seed * 1103515 + 12345) % 2147483
                line = line word[seed % n + 1] " "
            }
            line = line seed
            print line
        }
    }' | head -c "$1"
}

# samples FOLDER N: that many records of one kind there, always the same, each a file of about 100 bytes.
samples()
{
    mkdir -p "$1"
    awk -v folder="$1" -v n="$2" 'BEGIN {
        split("login logout upload delete", event)
        for (i = 0; i < n; i++) {
            seed = (seed * 1103515 + 12345) % 2147483
            file = sprintf("%s/%03d.json", folder, i)
            printf "{\"id\": %d, \"user\": \"user%04d\", \"event\": \"%s\", \"path\": \"/v1/items/%d\"}\n",
                i * 37, seed % 9999, event[seed % 4 + 1], seed > file
            close(file)
        }
    }'
}

# flip FILE OFFSET MASK: exclusive-ors one byte.
flip()
{
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((byte ^ $3)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

len_of()
{
    wc -c <"$1" | tr -d ' '
}

mode_of()
{
    # shellcheck disable=SC2012
    ls -l "$1" | cut -c1-10
}

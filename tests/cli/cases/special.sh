# Directories always refused; fifos and devices only with -f.
. "$CLI_LIB"
mkdir d
complains 1 '^pith: d: is a directory' "$PITH" d
complains 1 '^pith: d: is a directory' "$PITH" -f d
complains 1 '(stdin): is a directory' sh -c '"$PITH" -1 <d | cat; exit 1'
mkfifo f
complains 1 '^pith: f: is not a regular file' "$PITH" -1 -c f
complains 1 '/dev/null: is not a regular file' "$PITH" -1 -c /dev/null
"$PITH" -1 -fc /dev/null | "$PITH" -d | cmp - /dev/null || fail "-f with a device"
text 3000 >a
cat a >f &
"$PITH" -1 -fc f | "$PITH" -d | cmp - a || fail "-f with a fifo"
wait
complains 1 'f: is not a regular file: write' "$PITH" -1 -o f a
"$PITH" -d <f >b &
silent "$PITH" -1 -f -o f a
wait
same a b
[ -p f ] || fail "the fifo was replaced"
silent "$PITH" -1 -f -o /dev/null a
[ -c /dev/null ] || fail "the device was replaced"
complains 1 'nothere: No such file' "$PITH" nothere
complains 1 'a/b: Not a directory' "$PITH" a/b
complains 1 'nodir/x: cannot write a new file in its directory: No such file' "$PITH" -1 -o nodir/x a
# Links to the standard streams, as /dev/stdout and /dev/stderr, are written through, not replaced.
if [ -e /proc/self/fd/2 ]; then
    ln -s /proc/self/fd/1 to_stdout
    ln -s /proc/self/fd/2 to_stderr
    ln -s /proc/self/fd/0 to_stdin
    expect 0 "$PITH" -1 -f -o to_stdout a >packed
    "$PITH" -dc packed | cmp - a || fail "to stdout"
    "$PITH" -1 -f -o to_stderr a 2>packed || fail "exit code"
    "$PITH" -dc packed | cmp - a || fail "to stderr"
    complains 1 'to_stdin: cannot write' "$PITH" -1 -f -o to_stdin a <b
    same a b
    for link in to_stdout to_stderr to_stdin; do
        [ -h $link ] || fail "$link was replaced"
    done
fi

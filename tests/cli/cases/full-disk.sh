# A write that fails: exit code 1, the name and the cause, nothing left.
. "$CLI_LIB"
text 100000 >a
expect 0 "$PITH" -1 a
if [ -c /dev/full ]; then
    complains 1 '(stdout): cannot write: No space left' sh -c '"$PITH" -1 -c a >/dev/full'
    complains 1 '/dev/full: cannot write: No space left' "$PITH" -d -f -o /dev/full a.pith
fi
mv a b
complains 1 '^pith: a: cannot write: File too large' sh -c 'ulimit -f 16; exec "$PITH" -d --rm a.pith'
absent a
[ -f a.pith ] || fail "source removed"
cp b a
complains 1 '^pith: a: cannot write: File too large' sh -c 'ulimit -f 16; exec "$PITH" -df a.pith'
same a b
complains 1 'cannot write' sh -c '"$PITH" -1 -c a >&-'
complains 1 'cannot' sh -c '"$PITH" -1 -c <&-'
clean

# --rm removes the source after success only, and never when the output is not a file.
. "$CLI_LIB"
text 1000 >a
cp a b
silent "$PITH" -1 --rm a
absent a
silent "$PITH" -d --rm a.pith
absent a.pith
same a b
silent "$PITH" -1 --rm -k a
[ -f a ] || fail "-k after --rm"
"$PITH" -1 --rm -c a >c
[ -f a ] || fail "removed although on stdout"
expect 0 "$PITH" -t --rm a.pith
[ -f a.pith ] || fail "removed by -t"
silent "$PITH" -1 --rm -f -o /dev/null a
[ -f a ] || fail "removed although on a device"
flip a.pith $(($(len_of a.pith) / 2)) 1
rm a
complains 2 'a.pith' "$PITH" -d --rm a.pith
[ -f a.pith ] || fail "a bad source was removed"
absent a
echo x >b.pith
complains 1 exists "$PITH" -1 --rm b
[ -f b ] || fail "source removed though refused"

# A source that somebody writes to meanwhile stays: the archive may lack what came.  The temporary file
# shows that the source is open; at this level there is time enough to write.
text 300000 >c
"$PITH" -6 --rm c 2>said &
pid=$!
until ls .pith-* >tmp 2>&1; do kill -0 $pid 2>tmp || break; done
echo more >>c
wait $pid
[ $? = 1 ] || fail "exit code of a source that grew"
grep -q '^pith: c: not removed: it was changed while it was read$' said || fail "$(cat said)"
[ "$(len_of c)" = 300005 ] || fail "the source that grew is gone"
[ -f c.pith ] || fail "its archive is gone"
clean

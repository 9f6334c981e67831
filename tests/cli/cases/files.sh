# Several files, kept sources, names with odd characters.
. "$CLI_LIB"
mkdir dir
text 4000 >a
text 2000 >'dir/b c'
: >empty
newline='new
line'
cp a "$newline"
silent "$PITH" -1 a 'dir/b c' empty "$newline"
for f in a 'dir/b c' empty "$newline"; do
    [ -f "$f" ] || fail "source lost: $f"
    mv "$f" "$f.old"
    silent "$PITH" -d "$f.pith"
    same "$f" "$f.old"
done
[ -f a.pith ] || fail "archive lost"
complains 1 'new?line.pith: exists' "$PITH" "$newline"
clean

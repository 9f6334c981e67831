# Truncated, changed, foreign and newer archives: exact exit codes, never wrong bytes.
. "$CLI_LIB"
text 5000 >a
"$PITH" -1 -c a >a.pith
len=$(len_of a.pith)
cut=0
while [ $cut -lt "$len" ]; do
    head -c $cut a.pith >cut.pith
    expect 2 "$PITH" -dc cut.pith >out 2>err
    [ ! -s out ] || fail "cut at $cut gave bytes"
    grep -q '^pith: cut.pith: byte [0-9]*: ' err || fail "cut at $cut: $(cat err)"
    cut=$((cut + (cut < 40 ? 3 : len / 12)))
done
at=0
while [ $at -lt "$len" ]; do
    cp a.pith flip.pith
    flip flip.pith $at $((1 << at % 8))
    "$PITH" -dc flip.pith >out 2>err
    case $? in
    2 | 4) ;;
    *) fail "byte $at: wrong exit code: $(cat err)" ;;
    esac
    [ ! -s out ] || fail "byte $at: bytes came out"
    grep -q '^pith: flip.pith: ' err || fail "byte $at: $(cat err)"
    at=$((at + (at < 40 ? 1 : len / 25)))
done
cp a.pith flip.pith
flip flip.pith $((len - 1)) 128
complains 2 '^pith: flip.pith: byte [0-9]*: ' "$PITH" -t flip.pith
complains 2 '^pith: flip.pith: byte [0-9]*: ' "$PITH" -d flip.pith
absent flip
complains 2 '^pith: a: byte 0: ' "$PITH" -t a
complains 2 '^pith: (stdin): byte 0: ' "$PITH" -d <a
: >empty.pith
complains 2 'empty.pith: byte 0: ' "$PITH" -d empty.pith
cp a.pith newer.pith
flip newer.pith 4 64
complains 4 'newer.pith: byte [0-9]*: .*newer' "$PITH" -d newer.pith
clean

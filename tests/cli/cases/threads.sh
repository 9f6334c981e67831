# The number of threads never shows in the bytes.
. "$CLI_LIB"
text 200000 >a
for threads in 1 2 3; do
    "$PITH" -1 -T$threads --block-size=64KiB -c a >p$threads || fail "-T$threads"
    same p1 p$threads
    "$PITH" -d -T$threads -c p1 | cmp - a || fail "decode with -T$threads"
done
"$PITH" -1 -T2 --block-size=64KiB --no-verify -c a | cmp - p1 || fail "--no-verify"
PITH_NBTHREADS=3 "$PITH" -1 --block-size=64KiB -c a | cmp - p1 || fail "PITH_NBTHREADS"

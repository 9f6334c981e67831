# Every spelling of the options does the same.
. "$CLI_LIB"
text 3000 >a
expect 0 "$PITH" -1 -c a >want
"$PITH" -1kc a | cmp - want || fail "-1kc"
"$PITH" -kc1 a | cmp - want || fail "-kc1"
"$PITH" -c --level=1 a | cmp - want || fail "--level=1"
"$PITH" -c --level 1 a | cmp - want || fail "--level 1"
"$PITH" a -c -1 | cmp - want || fail "options after the file"
"$PITH" -1 --stdout --keep --compress a | cmp - want || fail "long names"
"$PITH" -7 -1 -c a | cmp - want || fail "the last level wins"
"$PITH" -7 -1 -T71 -c a | cmp - want || fail "digits of the next word are not of the level"
"$PITH" -7 a -1 -M7171M -c | cmp - want || fail "digits of the next word, behind a file"
"$PITH" -d -z -1 -c -- a | cmp - want || fail "-d then -z"
"$PITH" -1 -c -T1 -M1G a | cmp - want || fail "-T1 -M1G"
"$PITH" -1 -c -T 2 -M 1GiB a | cmp - want || fail "-T 2 -M 1GiB"
"$PITH" -1 -c --threads=2 --memory=1024MiB a | cmp - want || fail "--threads --memory"
"$PITH" -1 -o - a | cmp - want || fail "-o -"
PITH_LEVEL=1 "$PITH" -c a | cmp - want || fail "PITH_LEVEL"
PITH_LEVEL=7 "$PITH" -1 -c a | cmp - want || fail "an option beats PITH_LEVEL"
PITH_LEVEL='' PITH_NBTHREADS='' "$PITH" -1 -c a | cmp - want || fail "empty variables"
PITH_LEVEL=1 PITH_NBTHREADS=0 "$PITH" -c a | cmp - want || fail "PITH_NBTHREADS=0"
for form in -d --decompress --uncompress --decomp; do
    "$PITH" $form -c <want | cmp - a || fail "$form"
done
"$PITH" -dcfkq want | cmp - a || fail "-dcfkq"
cp a ./-x
silent "$PITH" -1 -- -x
same ./-x.pith want

# -l: numbers that are right, files that cannot be listed.
. "$CLI_LIB"
text 200000 >a
expect 0 "$PITH" -2 --block-size=64KiB a
p=$(len_of a.pith)
"$PITH" -l a.pith >table || fail "-l"
[ "$(wc -l <table)" = 2 ] || fail "$(cat table)"
awk 'NR == 2 && $1 == 1 && $2 == 4 && $NF == "a.pith" { good = 1 } END { exit !good }' table ||
    fail "$(cat table)"
"$PITH" -lv a.pith >details || fail "-lv"
grep -q "1 frames, 4 chunks, level 2, packed $p, raw 200000," details || fail "$(cat details)"
awk 'NF == 9 && $1 ~ /^[0-3]$/ { raw += $6; n++; if ($5 != at) bad = 1; at += $6 }
    END { exit !(n == 4 && raw == 200000 && !bad) }' details || fail "$(cat details)"
cp a.pith b.pith
"$PITH" -l a.pith b.pith | tail -1 | grep -q '2 files$' || fail "totals"
"$PITH" -l <a.pith | grep -q '(stdin)' || fail "a file as stdin"
cat a.pith | complains 1 'seekable' "$PITH" -l
complains 2 '^pith: a: byte 0: ' "$PITH" -l a
head -c $((p - 1)) a.pith >cut.pith
expect 2 "$PITH" -l cut.pith b.pith >table 2>err
grep -q '^pith: cut.pith: byte' err || fail "$(cat err)"
grep -q b.pith table || fail "the good one is missing"
[ ! -c /dev/full ] || expect 1 sh -c '"$PITH" -l a.pith >/dev/full 2>err'

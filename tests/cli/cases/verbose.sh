# The summary line with -v, progress on demand, silence otherwise.
. "$CLI_LIB"
text 50000 >a
silent "$PITH" -1 -f a
"$PITH" -1 -fv a 2>err || fail "-v"
grep -Eq '^pith: a: 48.8 KiB -> .* ratio [0-9.]+, .* [KM]B/s => a.pith$' err || fail "$(cat err)"
grep -q 'worth' err && fail "text is worth it"
head -c 20000 /dev/urandom >b
"$PITH" -1 -fv b 2>err
grep -q '=> b.pith (not worth it: stored)$' err || fail "$(cat err)"
"$PITH" -1 -fvq a 2>err
[ ! -s err ] || fail "-vq speaks"
"$PITH" -1 -f --progress --block-size=64K a 2>err || fail "--progress"
tr '\r' '\n' <err | grep -q 'a: .*%.*ratio.*[KM]B/s' || fail "no progress: $(cat err)"
silent "$PITH" -1 -qf a

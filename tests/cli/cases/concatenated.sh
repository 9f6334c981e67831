# Frames one after the other decode to all; anything else after a frame is an error.
. "$CLI_LIB"
text 3000 >a
text 1500 | tr '[:lower:]' '[:upper:]' >b
"$PITH" -1 -c a >a.p
"$PITH" -2 -c b >b.p
"$PITH" -1 --block-size=64KiB -c </dev/null >e.p
cat a b a >aba
cat a.p b.p e.p a.p >all.pith
"$PITH" -dc all.pith | cmp - aba || fail "four frames"
cat a.p b.p e.p a.p | "$PITH" -d | cmp - aba || fail "four frames through a pipe"
silent "$PITH" -t all.pith
"$PITH" -l all.pith | awk 'NR == 2 && $1 == 4 { good = 1 } END { exit !good }' || fail "-l"
for garbage in x 'garbage after the frame, longer than any header could be.............' \
    "$(printf '\001\002')"; do
    (cat a.p; printf %s "$garbage") >g.pith
    complains 2 "^pith: g.pith: byte $(len_of a.p): " "$PITH" -t g.pith
done
head -c 4096 /dev/zero | cat a.p - >z.pith
expect 2 "$PITH" -t z.pith 2>err

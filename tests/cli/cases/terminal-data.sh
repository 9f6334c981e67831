# Compressed data neither go to a terminal nor come from one, unless forced.
. "$CLI_LIB"
need_terminal
text 3000 >a
"$PITH" -1 -k a
refused_to='not written to a terminal: redirect'
refused_from='not read from a terminal: name a file'
complains 1 "$refused_to" terminal o -- "$PITH" -1 -c a
[ ! -s screen ] || fail "data on the terminal: $(cat screen)"
complains 1 "$refused_to" terminal o -- "$PITH" -1 <a
complains 1 "$refused_to" terminal o -- "$PITH" -1 - <a
complains 1 "$refused_to" terminal o -- "$PITH" -1 -o - a
complains 1 "$refused_to" terminal io -- "$PITH"
complains 1 "$refused_from" terminal i -- "$PITH" -d
complains 1 "$refused_from" terminal i -- "$PITH" -dc -
complains 1 "$refused_from" terminal i -- "$PITH" -t
complains 1 'seekable' terminal i -- "$PITH" -l
complains 1 'estimate needs files' terminal i -- "$PITH" --estimate
expect 0 terminal o -- "$PITH" -1fc a
[ "$(head -c 4 screen.raw | od -An -c)" = "$(head -c 4 a.pith | od -An -c)" ] || fail "-f: $(od -c screen.raw)"
expect 0 terminal o -- "$PITH" -dc a.pith
tr -d '\r' <screen.raw | cmp - a || fail "what was compressed may be shown"
expect 0 terminal i -- "$PITH" -1kc a >out
same out a.pith
expect 2 terminal i '' x '' "$(printf '\004')" -- "$PITH" -df -o b 2>err
absent b
clean

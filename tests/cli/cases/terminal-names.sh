# Whatever is in a name, it neither drives the terminal nor breaks a line: in the question before
# overwriting, in the progress line, in messages and in tables.
. "$CLI_LIB"
need_terminal
name=$(printf 'a\033[31m\nb\033]0;c\177\302\233d')
text 3000 >"$name"
echo old >"$name.pith"
masked()
{
    if grep -q "$(printf '\033\|\177\|\302\233')" screen.raw; then fail "$1: $(od -c screen.raw)"; fi
    grep -qF 'a?[31m?b?]0;c??d' screen.raw || fail "$1: $(cat screen)"
}
expect 1 terminal ie 'overwrite (y/N)? ' n -- "$PITH" -1 "$name"
masked question
expect 0 terminal e -- "$PITH" -1f --progress "$name"
masked progress
expect 0 terminal oe -- "$PITH" -lv "$name.pith"
masked list
expect 0 terminal oe -- "$PITH" -l "$name.pith"
masked list
expect 0 terminal oe -- "$PITH" --estimate -1 "$name"
masked estimate
expect 0 terminal oe -- "$PITH" -b1 "$name"
masked bench
clean

# On a terminal: no compressed data to or from it, a question before overwriting, progress.
. "$CLI_LIB"
command -v script >/dev/null || skip "no script(1)"
script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip "no pseudo-terminal"
text 60000 >a
on_terminal()
{
    script -qec "$1" /dev/null </dev/null >screen 2>&1
}
on_terminal "'$PITH' -1 -c a" && fail "compressed to a terminal"
grep -q 'not written to a terminal' screen || fail "$(cat screen)"
[ "$(len_of screen)" -lt 300 ] || fail "data on the terminal"
on_terminal "'$PITH'" && fail "no arguments at all"
grep -q 'not written to a terminal' screen || fail "$(cat screen)"
on_terminal "'$PITH' -d" && fail "decompressed from a terminal"
grep -q 'not read from a terminal' screen || fail "$(cat screen)"
on_terminal "'$PITH' -1 -fc a" || fail "-f"
on_terminal "'$PITH' -1 -f a" || fail "to a file"
grep -q 'ratio .* => a.pith' screen || fail "no summary: $(cat screen)"
on_terminal "'$PITH' -1 -qf a" || fail "-q"
[ ! -s screen ] || fail "-q speaks: $(cat screen)"
on_terminal "'$PITH' -dc a.pith" || fail "raw data may go to a terminal"
echo old >a.pith
(sleep 0.5; echo n) | script -qec "'$PITH' -1 a" /dev/null >screen && fail "answered no"
grep -q 'overwrite (y/N)' screen || fail "no question: $(cat screen)"
[ "$(cat a.pith)" = old ] || fail "overwritten against the answer"
(sleep 0.5; echo y) | script -qec "'$PITH' -1 a" /dev/null >screen || fail "answered yes"
"$PITH" -dc a.pith | cmp - a || fail "not overwritten"

# The question before overwriting: only where it can be seen and answered, and every kind of answer.
. "$CLI_LIB"
need_terminal
text 3000 >a
text 2000 >b
question='pith: a.pith: exists; overwrite (y/N)? '
ask()
{
    echo old >a.pith
    terminal ie 'overwrite (y/N)? ' "$1" -- "$PITH" -1 a
}
for answer in y Y yes; do
    expect 0 ask $answer
    grep -qF "$question" screen || fail "no question: $(cat screen)"
    "$PITH" -dc a.pith | cmp - a || fail "$answer: not overwritten"
done
end=$(printf '\004')
for answer in n N no '' x ' y' "$end"; do
    expect 1 ask "$answer"
    grep -qF "$question" screen || fail "no question: $(cat screen)"
    grep -q '^pith: a.pith: exists: overwrite it with -f' screen ||
        grep -q 'pith: a.pith: exists: overwrite it with -f' screen || fail "$(cat screen)"
    [ "$(cat a.pith)" = old ] || fail "'$answer' overwrote"
done

# One question a file; what is too long of an answer does not answer the next question.
echo old >a.pith
echo old >b.pith
expect 1 terminal ie 'a.pith: exists; overwrite (y/N)? ' 'nothing of the kind, you y' \
    'b.pith: exists; overwrite (y/N)? ' y -- "$PITH" -1 a b
[ "$(cat a.pith)" = old ] || fail "a overwritten"
"$PITH" -dc b.pith | cmp - b || fail "b not overwritten"

# Nobody to ask: refused at once.
expect 1 terminal e -- "$PITH" -1 a </dev/null
grep -q 'exists: overwrite it with -f' screen || fail "$(cat screen)"
! grep -q 'y/N' screen || fail "asked without an input"
complains 1 'exists: overwrite it with -f' terminal i -- "$PITH" -1 a
expect 1 terminal ie -- "$PITH" -1q a
! grep -q 'y/N' screen || fail "-q asks"
expect 1 terminal e -- sh -c 'cat a | "$PITH" -1 -o a.pith'
! grep -q 'y/N' screen || fail "asked although the data come by standard input"
[ "$(cat a.pith)" = old ] || fail "overwritten"
expect 0 terminal ie -- "$PITH" -1f a
! grep -q 'y/N' screen || fail "-f asks"

# ^C at the question leaves everything as it was.
echo old >a.pith
terminal ie 'overwrite (y/N)? ' "$(printf '\003')" -- env --default-signal=INT "$PITH" -1 a
[ $? = 130 ] || fail "^C: $(cat screen)"
[ "$(cat a.pith)" = old ] || fail "^C overwrote"
clean

# The reader goes away: death by SIGPIPE without a word, even where SIGPIPE was ignored.
. "$CLI_LIB"
text 200000 >a # more than a pipe holds
expect 0 "$PITH" -1 a
for ignore in : "trap '' PIPE"; do
    (
        eval "$ignore"
        "$PITH" -dc a.pith 2>err
        echo $? >status
    ) | head -c 10 >/dev/null
    [ "$(cat status)" = 141 ] || fail "status $(cat status) after $ignore"
    [ ! -s err ] || fail "$(cat err)"
done

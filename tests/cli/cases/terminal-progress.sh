# The moving line on a terminal and only there; the summary; SIGUSR1; no colour.
. "$CLI_LIB"
need_terminal
text 400000 >a
slow='-7 --block-size=65536 --no-verify'
line='a: [0-9.]* %  in [0-9.]* [KM]*i*B  out [0-9.]* [KM]*i*B  ratio [0-9.]*  [0-9.]* [KM]B/s'
left='  [0-9]*:[0-9][0-9] left *$'
summary='^pith: a: 391 KiB -> .*, ratio [0-9.]*, [0-9]*:[0-9][0-9], [0-9.]* [KM]B/s => a.pith$'

# shellcheck disable=SC2086
expect 0 terminal e -- "$PITH" -f $slow --progress a
grep -q "^$line$left" screen || fail "no line: $(cat screen)"
[ "$(grep -c "^$line" screen)" -ge 1 ] || fail "$(cat screen)"
grep -q "$summary" screen || fail "no summary: $(cat screen)"
grep "^$line" screen | sed 's/^a: \([0-9.]*\) %.*/\1/' >percent
sort -n percent | cmp - percent || fail "goes back: $(cat percent)"

# By itself it comes after half a second: slow enough on any machine is a pipe that waits.
slowly()
{
    head -c 200000 a
    sleep 1
    tail -c +200001 a
}
slowly | expect 0 terminal e -- "$PITH" -1 --block-size=65536 --size-hint=400000 -o b
grep -q '(stdin): [0-9.]* %  in .* ratio .* [KM]B/s  [0-9:]* left' screen || fail "no line: $(cat screen)"
grep -q '^pith: (stdin): 391 KiB -> .* => b$' screen || fail "no summary: $(cat screen)"
slowly | expect 0 terminal e -- "$PITH" -1 --block-size=65536 -f -o b
grep -q '(stdin): in .* out .* ratio .* [KM]B/s *$' screen || fail "no line: $(cat screen)"
! grep -q '[0-9] %' screen || fail "a percentage of the unknown: $(cat screen)"
slowly | "$PITH" -1 --block-size=65536 -f -o b 2>screen || fail "no terminal"
[ ! -s screen ] || fail "progress without a terminal: $(cat screen)"
slowly | expect 0 terminal e -- "$PITH" -1q --block-size=65536 -f -o b
[ ! -s screen ] || fail "-q: $(cat screen)"
slowly | expect 0 terminal e -- sh -c '"$PITH" -1 --block-size=65536 -c | cat >b'
[ ! -s screen ] || fail "a line in the middle of a pipeline: $(cat screen)"

# The summary: on a terminal, or with -v; for -t and -d as well.
expect 0 terminal e -- "$PITH" -1f a
grep -q "$summary" screen || fail "$(cat screen)"
expect 0 terminal e -- "$PITH" -t a.pith
grep -q '^pith: a.pith: .* -> 391 KiB, ratio .* [KM]B/s$' screen || fail "$(cat screen)"
silent "$PITH" -1f a
expect 0 terminal e -- "$PITH" -1f --json a
grep -q '^{"command": "compress", "name": "a", "output": "a.pith", "raw_bytes": 400000, ' screen ||
    fail "$(cat screen)"

# SIGUSR1 is answered by one line, terminal or not.
mkfifo f
"$PITH" -1 --block-size=65536 -fc f >out 2>said &
pid=$!
exec 3>f
head -c 200000 a >&3
sleep 0.3
kill -USR1 $pid
sleep 0.1
tail -c +200001 a >&3
exec 3>&-
wait $pid || fail "SIGUSR1 ended it"
grep -q '^f: in .* out .* ratio .* [KM]B/s$' said || fail "SIGUSR1: $(cat said)"
[ "$(wc -l <said)" = 1 ] || fail "more than one line: $(cat said)"
"$PITH" -dc out | cmp - a || fail "SIGUSR1 changed the data"

# Escape sequences are never used, so there is nothing for NO_COLOR to switch off.
escape=$(printf '\033')
for setting in NO_COLOR= NO_COLOR=1 CLICOLOR_FORCE=1; do
    rm -f a.pith
    for options in "-1v --progress a" "-tvv a.pith" "-lv a.pith" "--help" "--nonsense" "-d nothere" \
        "--estimate -1 a.pith"; do
        # shellcheck disable=SC2086
        env "$setting" TERM=xterm-256color PITH="$PITH" "$PITH_PTY" ioe screen -- "$PITH" $options
        ! grep -q "$escape" screen || fail "$setting $options: $(od -c screen | head)"
        [ -s screen ] || fail "$options says nothing"
    done
done

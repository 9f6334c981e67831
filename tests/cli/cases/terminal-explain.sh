# --explain on a terminal: in colours, but not where they are unwanted; progress is gone at the end.
. "$CLI_LIB"
need_terminal
text 3000 >a
"$PITH" --explain -1 a >plain
"$PITH" --explain -1 --color=always a >coloured
cmp -s plain coloured && fail "no colours at all"

shown() # FILE COMMAND...
{
    sample=$1
    shift
    expect 0 terminal oe -- "$@"
    tr -d '\r' <screen.raw | cmp - "$sample" || fail "$*: $(cat -v screen | tail -5)"
}
TERM=xterm shown coloured "$PITH" --explain -1 a
TERM=xterm NO_COLOR='' shown coloured "$PITH" --explain -1 a
TERM=xterm NO_COLOR=1 shown plain "$PITH" --explain -1 a
TERM=dumb shown plain "$PITH" --explain -1 a
TERM=xterm shown plain "$PITH" --explain -1 --color=never a
NO_COLOR=1 shown coloured "$PITH" --explain -1 --color=always a

expect 0 terminal e -- "$PITH" --explain -1 --progress a >out
same out plain
grep -q 'a: .*in ' screen || fail "no progress: $(cat -v screen)"
[ -z "$(tail -1 screen | tr -d ' ')" ] || fail "progress stays: $(cat -v screen)"

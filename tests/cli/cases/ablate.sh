# --ablate: its rows and sizes on a small text, to the byte; how it goes side by side; its JSON.
. "$CLI_LIB"
text 20000 >small
rows()
{
    "$PITH" --ablate "$@" | sed -E 's/ +[0-9]+\.[0-9]{3}(  |$)/ S\1/'
}
silent rows -6 small
rows -1 small >one
rows -1 -T4 small | cmp - one || fail "-T4"
rows -1 <small | sed 's/^(stdin)/small/' | cmp - one || fail "standard input"
[ "$("$PITH" -1c small | wc -c | tr -d ' ')" = "$(awk '$1 == "nothing" { print $2 }' one)" ] ||
    fail "what packing gives: $(cat one)"
! grep -qE '^(second|calib|x86|record|indirect)' one || fail "not in level 1: $(cat one)"
head -c 5000 /dev/urandom >random
[ "$("$PITH" --ablate -1 random | wc -l | tr -d ' ')" = 3 ] || fail "nothing to leave out"
: >empty
silent "$PITH" --ablate -1 empty >/dev/null
[ "$("$PITH" --ablate -1 small random | grep -c '^nothing ')" = 2 ] || fail "two files"

silent "$PITH" --ablate -1 --json small >json
want='{"files": [{"name": "small", "raw_bytes": 20000, "level": 1, "runs": [{"left_out": null, "packed_bytes": '
grep -qF "$want" json || fail "$(cat json)"
if python3 -c '' 2>/dev/null; then
    python3 - <<'END' || fail "what python3 read"
import json
runs = json.load(open("json"))["files"][0]["runs"]
rows = [line.split() for line in open("one")][2:]
assert [run["packed_bytes"] for run in runs] == \
    [int(next(word for word in row[1:] if word.isdigit() and len(word) > 1)) for row in rows]
assert [run["left_out"] for run in runs][:2] == [None, "orders"]
assert all(0 <= run["cpu_seconds"] < 600 for run in runs)
END
fi

complains 1 'nothing is written' "$PITH" --ablate -o x small
complains 1 'goes with --explain' "$PITH" --ablate --html small
complains 1 'nothere: No such file' "$PITH" --ablate nothere
complains 1 'allow more with -M' "$PITH" --ablate -1 -M 1MiB small
absent small.pith x

# --estimate: near the truth for files of different kinds; what it refuses; its table and its JSON.
. "$CLI_LIB"
full=${PITH_TEST_FULL:-}
len=${full:+3200000}
len=${len:-1700000}
awk -v len=$len 'BEGIN {
    srand(5)
    for (n = 0; n < 2000; n++) {
        word = ""
        for (k = 2 + int(rand() * 7); k > 0; k--) word = word sprintf("%c", 97 + int(rand() * 26))
        words[n] = word
    }
    while (done < len) {
        line = ""
        for (k = 0; k < 11; k++) line = line words[int(2000 * rand() * rand() * rand())] " "
        print line
        done += length(line) + 1
    }
}' >text
awk -v len=$len 'BEGIN {
    srand(9)
    for (i = 100000; done < len; i++) {
        value += rand() - 0.5
        line = sprintf("%d,2024-%02d-%02d,%.2f,unit%d,%d", i, i / 28 % 12 + 1, i % 28 + 1, value,
            int(rand() * 40), int(rand() * 1000))
        print line
        done += length(line) + 1
    }
}' >csv
head -c 2100000 /dev/urandom >random
head -c 9000000 /dev/zero >zeros
head -c 1000000 random | cat - text >mixed
head -c 400000 text >small

# near FILE LEVEL [OPTION]: within 20 % and 64 bytes of what compressing gives.
near()
{
    # shellcheck disable=SC2086
    "$PITH" --estimate -"$2" ${3-} "$1" >table || fail "--estimate $1"
    about=$(awk 'NR == 2 { print $2 }' table)
    # shellcheck disable=SC2086
    truth=$("$PITH" -"$2" ${3-} --no-verify -c "$1" | wc -c)
    echo "$1 -$2 ${3-}: about $about, is $truth"
    awk -v a="$about" -v t="$truth" 'BEGIN { d = a - t; if (d < 0) d = -d; exit !(d <= t / 5 + 64) }' ||
        fail "$1: far from the truth"
}
near text 1
[ -z "$full" ] || near text 2
[ -z "$full" ] || near csv 2
near csv 1
near random 1
near zeros 1
near mixed 1
[ -z "$full" ] || near csv 1 --block-size=1280KiB
[ -z "$full" ] || near csv 1 --block-size=64KiB
near small 1
[ "$about" = "$truth" ] || fail "a small file is compressed as a whole"

"$PITH" --estimate -1 random | grep -q '| random: not worth it, saves less than 1 %$' || fail "random"
"$PITH" --estimate -1 text | grep -q '| text$' || fail "text is worth it"

# Levels, several files, totals, and the memory that the library names.
silent "$PITH" --estimate --level=1 -e2 small random >table
[ "$(awk 'NR > 1 { printf "%s ", $1 }' table)" = '1 2 1 2 1 2 ' ] || fail "$(cat table)"
tail -1 table | grep -q '| 2 files' || fail "$(cat table)"
# The best levels, which are slow, read less; together with others they say the same as alone.
head -c 300000 random >r
"$PITH" --estimate -8 -e9 r | awk 'NR > 1 { print $1, $2 }' >alone
[ "$(wc -l <alone)" = 2 ] || fail "levels 8 and 9: $(cat alone)"
[ -z "$full" ] || "$PITH" --estimate r | awk '$1 >= 8 { print $1, $2 }' | cmp - alone || fail "$(cat alone)"
head -c 20000 text >tiny
: >empty
[ "$("$PITH" --estimate tiny | wc -l)" = 10 ] || fail "all levels"
[ "$("$PITH" --estimate -e3 tiny | wc -l)" = 4 ] || fail "-e3"
silent "$PITH" --estimate -1 empty >table
grep -q 'not worth it' table || fail "$(cat table)"
ls >before
mkdir d
mv small d
silent "$PITH" --estimate -1r d >table
grep -q '| d/small$' table || fail "-r: $(cat table)"
mv d/small small
rmdir d

silent "$PITH" --estimate --json -1 random tiny | sed 's/_seconds": [0-9]*\.[0-9]\{6\}/_seconds": S/g' >got
if python3 -c '' 2>/dev/null; then
    python3 - <<'END' || fail "what python3 read"
import json
object = json.loads(open("got").read().replace(": S", ": 0"))
random, tiny = object["files"]
assert (random["name"], random["raw_bytes"], random["sample_bytes"]) == ("random", 2100000, 1 << 20)
assert (tiny["name"], tiny["raw_bytes"], tiny["sample_bytes"]) == ("tiny", 20000, 20000)
assert [x["level"] for x in random["levels"]] == [1]
assert random["levels"][0]["worth_it"] is False and tiny["levels"][0]["worth_it"] is True
total = object["totals"]["levels"][0]
assert object["totals"]["files"] == 2
for key in ("packed_bytes",):
    assert total[key] == random["levels"][0][key] + tiny["levels"][0][key]
assert total["compress_memory_bytes"] > total["decompress_memory_bytes"] > 1 << 20
END
fi
"$PITH" -1 -c tiny >tiny.p
m=$("$PITH" -l --json tiny.p | sed 's/.*"decode_memory_bytes": \([0-9]*\).*/\1/')
"$PITH" --estimate --json -1 tiny >got
want='{"files": [{"name": "tiny", "raw_bytes": 20000, "sample_bytes": 20000, "levels": [{"level": 1, "packed_bytes": '$(len_of tiny.p)', "compress_seconds": '
grep -qF "$want" got || fail "$(cat got)"
grep -q '"worth_it": true}\]}\], "totals": {"files": 1, ' got || fail "$(cat got)"
about=$(sed 's/.*"decompress_memory_bytes": \([0-9]*\).*/\1/' got)
echo "decoding: about $about bytes of memory, the archive says $m"
[ "$about" -ge "$m" ] && [ "$about" -le $((m + m / 20)) ] || fail "memory"

complains 1 'estimate needs files.*standard input' "$PITH" --estimate <text
complains 1 'estimate needs files.*standard input' "$PITH" --estimate -1 - <text
complains 1 'nothing is written' "$PITH" --estimate -o x text
complains 1 'there is none' "$PITH" --estimate -3 -e2 text
complains 1 'goes with -b' "$PITH" --estimate -i3 text
complains 1 'only regular files' "$PITH" --estimate -f -1 /dev/null
expect 1 "$PITH" --estimate -1 nothere tiny >table 2>said
grep -q '^pith: nothere: No such file' said && grep -q '| tiny$' table || fail "goes on: $(cat said table)"
expect 1 "$PITH" --estimate -1 -M 1MiB tiny >table 2>said
grep -q '^pith: tiny: ' said || fail "-M: $(cat said)"
# A total counts the files that got as far as its level.
head -c 200000 text >larger
expect 1 "$PITH" --estimate -e3 -M 10MiB tiny larger >table 2>said
grep -q '^pith: larger: ' said || fail "all levels fit: $(cat table)"
awk '$NF == "files" { print $1, $2, $(NF - 1) }' table >totals
for level in 1 2 3; do
    awk -v level=$level '$1 == level && ($NF == "tiny" || $NF == "larger") { sum += $2; n++ }
        END { if (n) print level, sum, n }' table
done | cmp - totals || fail "totals: $(cat table)"
absent text.pith tiny.pith
clean

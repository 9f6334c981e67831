# --json: exact output where it cannot vary, names of every kind, errors beside it.
. "$CLI_LIB"
text 150000 >a
"$PITH" -2 --block-size=64KiB -k a
head -c 100000 /dev/zero | "$PITH" -1 -o zeros.pith
p=$(len_of a.pith) z=$(len_of zeros.pith)
memory_of()
{
    sed 's/.*"decode_memory_bytes": \([0-9]*\).*/\1/' "$1"
}
silent "$PITH" -l --json a.pith >one
m=$(memory_of one)
[ "$m" -gt 65536 ] || fail "memory: $m"
sums='"chunks": 3, "raw_bytes": 150000, "packed_bytes": '"$p"', "decode_memory_bytes": '$m
cat >want <<END
{"files": [{"name": "a.pith", "level": 2, "check": "xxh3-64", "frames": 1, $sums, "priors": [], "bases": []}], "totals": {"files": 1, "frames": 1, $sums}}
END
same one want
"$PITH" -l --json - <a.pith | sed 's/(stdin)/a.pith/' | cmp - want || fail "a file as stdin"

# Chunks: offsets follow one another and come to the file's sizes.
silent "$PITH" -lv --json zeros.pith >chunks
m=$(memory_of chunks)
grep -q '"chunk_list": \[{"frame": 0, "codec": "bytes", "raw_offset": 0, "raw_bytes": 100000, "packed_offset": ' \
    chunks || fail "$(cat chunks)"

# What cannot be listed is missing, told on stderr, and in the exit code.
expect 2 "$PITH" -l --json a a.pith nothere zeros.pith >two 2>said
[ "$(wc -l <said)" = 2 ] && grep -q '^pith: a: byte 0' said && grep -q '^pith: nothere: No such' said ||
    fail "$(cat said)"
grep -q '"totals": {"files": 2, "frames": 2, "chunks": 4, "raw_bytes": 250000, "packed_bytes": '$((p + z)) \
    two || fail "$(cat two)"
expect 1 "$PITH" -l --json nothere >none 2>said
echo '{"files": [], "totals": {"files": 0, "frames": 0, "chunks": 0, "raw_bytes": 0, "packed_bytes": 0, "decode_memory_bytes": 0}}' |
    cmp - none || fail "$(cat none)"
[ ! -c /dev/full ] || expect 1 sh -c '"$PITH" -l --json a.pith >/dev/full 2>err'

# Names: quotes, backslashes, controls, UTF-8 and what only looks like it.
cp a.pith "$(printf 'q"b\\c\n\t\033\177.pith')"
cp a.pith "$(printf 'gr\303\274n \342\202\254 \360\237\230\200.pith')"
# Latin-1; a slash and a surrogate in too many bytes; a character cut short; too large; a C1 control.
for name in '\374' '\300\257' '\355\240\200' '\342\202' '\364\220\200\200' 'x\302\233y'; do
    name=$(printf "$name.pith")
    cp a.pith "$name"
    "$PITH" -l --json "$name"
done | sed 's/^{"files": \[\(.*\), "level".*/\1/' >got
cat >wanted_names <<'END'
{"name": "\ufffd.pith", "name_hex": "fc2e70697468"
{"name": "\ufffd\ufffd.pith", "name_hex": "c0af2e70697468"
{"name": "\ufffd\ufffd\ufffd.pith", "name_hex": "eda0802e70697468"
{"name": "\ufffd\ufffd.pith", "name_hex": "e2822e70697468"
{"name": "\ufffd\ufffd\ufffd\ufffd.pith", "name_hex": "f49080802e70697468"
{"name": "x\u009by.pith"
END
same got wanted_names
"$PITH" -l --json gr* | grep -q "$(printf '"name": "gr\303\274n \342\202\254 \360\237\230\200.pith", "level"')" ||
    fail "UTF-8 was changed"
"$PITH" -l --json q* | grep -Fq '"name": "q\"b\\c\u000a\u0009\u001b\u007f.pith", "level"' ||
    fail "escapes: $("$PITH" -l --json q*)"

# Summaries: one object a line on stderr, with -v only; faults stay lines of text.
silent "$PITH" -1f --json a
expect 1 "$PITH" -1fv --json a nothere 2>said
sed 's/"seconds": [0-9]*\.[0-9]\{6\}}/SECONDS/' said >got
p=$(len_of a.pith)
cat >want <<END
{"command": "compress", "name": "a", "output": "a.pith", "raw_bytes": 150000, "packed_bytes": $p, SECONDS
pith: nothere: No such file or directory
END
same got want
"$PITH" -tv --json a.pith 2>&1 | grep -q '^{"command": "test", "name": "a.pith", "output": null, "raw' ||
    fail "-t"
"$PITH" -dcv --json <a.pith 2>said | cmp - a || fail "-d"
grep -q '^{"command": "decompress", "name": "(stdin)", "output": "(stdout)", "raw_bytes": 150000, ' said ||
    fail "$(cat said)"
"$PITH" -tvq --json a.pith 2>said
[ ! -s said ] || fail "-q: $(cat said)"

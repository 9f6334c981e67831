# --json is read by a parser that is not ours, and says the same as the tables.
. "$CLI_LIB"
python3 -c 'import json' 2>/dev/null || skip "no python3"
text 150000 >a
text 70000 >"$(printf 'b "\\\n\374')"
mkdir d
mv b* d
"$PITH" -1r --block-size=64KiB a d
"$PITH" -1rfv --json --block-size=64KiB a d 2>summaries || fail "-v"
"$PITH" -lrv --json a.pith d >list || fail "-l"
"$PITH" -b -1 -e2 -r --json a d >bench || fail "-b"
python3 - <<'END' || fail "what python3 read"
import json, os
names = [b"a", b"d/b \"\\\n\xfc"]
def exact(object, key):
    hex = object.get(key + "_hex")
    return bytes.fromhex(hex) if hex else object[key].encode()
lines = [json.loads(line) for line in open("summaries", errors="replace")
         if not line.startswith("pith: ")]
assert [exact(x, "name") for x in lines] == names
assert [exact(x, "output") for x in lines] == [x + b".pith" for x in names]
packed = [os.stat(x + b".pith").st_size for x in names]
assert [x["packed_bytes"] for x in lines] == packed
assert all(0 <= x["seconds"] < 600 for x in lines)

listed = json.load(open("list"))
assert [exact(x, "name") for x in listed["files"]] == [x + b".pith" for x in names]
assert "name_hex" not in listed["files"][0]
for file, raw, size in zip(listed["files"], (150000, 70000), packed):
    at = before = 0
    assert (file["raw_bytes"], file["packed_bytes"]) == (raw, size)
    assert len(file["chunk_list"]) == file["chunks"]
    for chunk in file["chunk_list"]:
        assert chunk["raw_offset"] == at and chunk["packed_offset"] >= before
        at, before = at + chunk["raw_bytes"], chunk["packed_offset"] + chunk["packed_bytes"]
    assert at == raw and before <= size
assert listed["totals"]["packed_bytes"] == sum(packed) and listed["totals"]["files"] == 2

bench = json.load(open("bench"))
assert [exact(x, "name") for x in bench["files"]] == names
for file in bench["files"]:
    assert [x["level"] for x in file["levels"]] == [1, 2]
    for row in file["levels"]:
        assert 0 < row["packed_bytes"] < file["raw_bytes"] == row["raw_bytes"]
        assert row["compress_seconds"] > 0 and row["decompress_memory_bytes"] > 1 << 16
assert [x["raw_bytes"] for x in bench["totals"]["levels"]] == [220000, 220000]
print("%d objects read" % (len(lines) + 2))
END

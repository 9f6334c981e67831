# --explain: its tables and map on a small text, to the byte; its JSON; its page; contents and names
# that would drive a terminal or a page; what it refuses.
. "$CLI_LIB"
text 3000 >small
printf 'MOV \303\251\t7\r\n' >>small

silent "$PITH" --explain -3 small
silent "$PITH" --explain -3 --color=always --map=40 small | sed -n '/^Bits a byte/,$p' | tr '\033' '^'

# The same numbers everywhere, and from a pipe; packed is what packing gives.
"$PITH" --explain -3 small >table
[ "$("$PITH" -3c small | wc -c | tr -d ' ')" = "$(sed -n 's/.*packed \([0-9]*\) .*/\1/p' table)" ] ||
    fail "packed bytes: $(head -1 table)"
"$PITH" --explain -3 -T4 small | cmp - table || fail "-T4"
"$PITH" --explain -3 <small | sed 1d >piped
sed 1d table | cmp - piped || fail "standard input"
PITH_LEVEL=3 "$PITH" --explain small | cmp - table || fail "PITH_LEVEL"
NO_COLOR=1 "$PITH" --explain -3 --color=auto small | cmp - table || fail "NO_COLOR"
"$PITH" --explain -3 --color=never --map=1MiB small | cmp - table || fail "--color=never"
"$PITH" --explain -1 small small >twice
[ "$(grep -c ' at level 1, ' twice)" = 2 ] || fail "two files"
: >empty
silent "$PITH" --explain empty >table
grep -q '^empty: 0 bytes, packed [0-9]* at level 5, 0.000 bits a byte$' table || fail "$(cat table)"
silent "$PITH" --explain --color=always empty >/dev/null
silent "$PITH" --explain --html empty >/dev/null
mkdir d
cp small d
"$PITH" --explain -1r d | grep -q '^d/small: ' || fail "-r"

# Contents that a terminal or a page would heed: none of it comes out raw.
hostile='a\033]0;x\007\033[31mr\177\001 \302\233 \342\200\256 <script>&amp;"q'"'"'</pre> \370\200 word word\n'
# shellcheck disable=SC2059
{
    text 1500
    printf "$hostile"
    text 1500
} >hostile
"$PITH" --explain -1 --color=always hostile >map
sed 's/\x1b\[\(0\|48;5;[0-9]*;38;5;[0-9]*\)m//g' map | LC_ALL=C tr -d '\n\040-\176' >left
[ ! -s left ] || fail "raw: $(od -c left | head -3)"
sed 's/\x1b\[[0-9;]*m//g' map | grep -q 'a\.]0;x\.\.\[31mr\.\. \. \. <script>&amp;"' ||
    fail "the text itself: $(cat -v map)"
"$PITH" --explain -1 --html hostile >page
LC_ALL=C tr -d '\n\040-\176' <page >left
[ ! -s left ] || fail "raw in the page: $(od -c left | head -3)"
sed 's/<i [^>]*>//g; s/<\/i>//g' page >plain
grep -qF 'a.]0;x..[31mr.. . . &lt;script&gt;&amp;amp;&quot;q&#39;&lt;/pre&gt; .. word word' plain ||
    fail "the page's text: $(tail -12 plain)"
! grep -qiE '<script|javascript:|https?:|src=|href=|@import|url\(' page || fail "from outside"
name=$(printf 'n<b>\033[1m\302\233\377&"')
cp hostile "$name"
"$PITH" --explain -1 --html "$name" >page
grep -q '^<h1>n&lt;b&gt;\.\[1m\.\.&amp;&quot;</h1>$' page || fail "name: $(grep -a h1 page)"
grep -qF '<title>n&lt;b&gt;.[1m..&amp;&quot;: where the bits go</title>' page || fail "title"

# Files that are no text: two digits a byte.
head -c 100 /dev/urandom >random
"$PITH" --explain -1 --color=always --map=20 random | sed 's/\x1b\[[0-9;]*m//g' >map
grep -q '^00000010  \([0-9a-f][0-9a-f] \)\{4\}  *[ -~]\{4\}$' map || fail "hex: $(cat -v map)"
grep -q '^(the first 20 of 100 bytes; --map=SIZE shows more)$' map || fail "what is left"
"$PITH" --explain --html -1 random | grep -q '^00000010  <i class="h7" title="8.00 bits">' || fail "hex page"

# The page goes to a file as any output: whole or not at all, and over nothing.
silent "$PITH" --explain -1 --html -o page.html small
"$PITH" --explain -1 --html small | cmp - page.html || fail "-o"
cp page.html before
complains 1 'page.html: exists: overwrite it with -f' "$PITH" --explain -2 --html -o page.html small
same page.html before
silent "$PITH" --explain -2f --html -o page.html small
! cmp -s page.html before || fail "-f"
complains 1 'small: is the input itself' "$PITH" --explain -f --html -o small small
"$PITH" --explain -1 --html --map=10 small | grep -q 'The first 10 of 3010 bytes' || fail "--map"
clean

silent "$PITH" --explain -3 --json small hostile >json
if python3 -c '' 2>/dev/null; then
    python3 - <<'END' || fail "what python3 read"
import json, os
small, hostile = json.load(open("json"))["files"]
for file, name in ((small, "small"), (hostile, "hostile")):
    raw = open(name, "rb").read()
    assert (file["name"], file["raw_bytes"], file["level"], file["chunks"]) == (name, len(raw), 3, 1)
    for key in "kinds", "classes", "along":
        assert sum(row["bytes"] for row in file[key]) == len(raw), key
        assert abs(sum(row["bits"] for row in file[key]) - file["bits"]) < 0.01, key
    assert -8 < file["payload_bytes"] * 8 - file["bits"] < 8 * 8
    assert file["payload_bytes"] < file["packed_bytes"] < file["payload_bytes"] + 40
    assert abs(sum(row["push"] for row in file["predictors"]) - 1) < 0.0001
    assert all(row["led_bits"] + row["misled_bits"] <= file["predicted_bits"]
               for row in file["predictors"])
classes = {row["name"]: row["bytes"] for row in small["classes"]}
assert classes["UTF-8 characters"] == 2 and classes["upper-case letters"] == 3
assert len(small["along"]) == 64
from html.parser import HTMLParser
class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.in_map = [], "", False
    def handle_starttag(self, tag, attributes):
        self.in_map = self.in_map or tag == "pre"
    def handle_endtag(self, tag):
        self.in_map = self.in_map and tag != "pre"
    def handle_data(self, data):
        self.text += data if self.in_map else ""
page = Page()
page.feed(open("before").read())
raw = open("small", "rb").read().decode()
assert page.text == raw.replace("\t", " ").replace("\r", " ").replace("\n", " \n")
END
fi

complains 1 'only a page is written to a file: add --html' "$PITH" --explain -o x small
complains 1 'goes with --explain' "$PITH" --html small
complains 1 'goes with --explain' "$PITH" --map=5 small
complains 1 'exclude each other' "$PITH" --explain --html --json small
complains 1 'one file, not several' "$PITH" --explain --html small random
complains 1 'a page shows 1MiB at most' "$PITH" --explain --html --map=2MiB small
complains 1 'is not auto, always or never' "$PITH" --explain --color=blue small
complains 1 'is not a size' "$PITH" --explain --map=0 small
complains 1 'nothere: No such file' "$PITH" --explain nothere
complains 1 'allow more with -M' "$PITH" --explain -1 -M 1MiB small
complains 1 'is a directory' "$PITH" --explain d
absent small.pith x

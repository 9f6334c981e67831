# --compact: messages with nothing around them but five bytes.
. "$CLI_LIB"
samples s 200
silent "$PITH" --train -q -1 -o p.prior s/0*.json
silent "$PITH" --train -q -1 -o other.prior s/1*.json

silent "$PITH" -D p.prior s/150.json
silent "$PITH" --compact -D p.prior -o m s/150.json
[ $((20 + $(len_of m))) -lt $(len_of s/150.json.pith) ] || fail "is not compact"
"$PITH" -dc -D p.prior m | cmp - s/150.json || fail "unpack"
"$PITH" -dc -D p.prior <m | cmp - s/150.json || fail "unpack from a pipe"
silent "$PITH" -t -D p.prior m
"$PITH" --compact --no-verify -cD p.prior <s/150.json | cmp - m || fail "--no-verify changes the bytes"

# Nothing, and what does not compress.
: >empty
head -c 1000 /dev/urandom >random
head -c 65537 "$PITH" >long
for file in empty random; do
    silent "$PITH" --compact -D p.prior -o packed -f $file
    [ $(len_of packed) -eq $((4 + $(len_of $file))) ] || fail "$file: $(len_of packed)"
    "$PITH" -dc -D p.prior packed | cmp - $file || fail "$file"
done
complains 1 '^pith: long: is longer than 64 KiB' "$PITH" --compact -D p.prior -o x long
absent x

# Without its prior, with another one, damaged.
complains 4 '^pith: m: is a compact frame: name its prior, whose id begins with' "$PITH" -dc m
"$PITH" -dc -D other.prior m >got 2>/dev/null && fail "another prior"
[ -s got ] && fail "wrong bytes"
{ head -c 10 m; printf '\377'; tail -c +12 m; } >broken
complains 2 '^pith: broken: byte ' "$PITH" -t -D p.prior broken
complains 1 'is for packing with -D' "$PITH" --compact s/150.json
clean

# Files of tensors: packed smaller, listed, and read one tensor at a time.
. "$CLI_LIB"
# Two tensors of 4,096 and 600 bytes and an empty one.
head='{"one":{"dtype":"BF16","shape":[32,64],"data_offsets":[0,4096]},'
head=$head'"none":{"dtype":"F32","shape":[0,7],"data_offsets":[4096,4096]},'
head=$head'"a/two":{"dtype":"I8","shape":[600],"data_offsets":[4096,4696]}}'
length=$(printf %s "$head" | wc -c)
{
    printf '%b\0\0\0\0\0\0' "\\0$(printf %o $((length % 256)))\\0$(printf %o $((length / 256)))"
    printf %s "$head"
    i=0
    while [ $i -lt 2048 ]; do
        i=$((i + 1))
        printf '%b' "\\0$(printf %o $((i * 7919 % 256)))\\0$(printf %o $((58 + i * i % 5)))"
    done
    head -c 600 "$CLI_LIB"
} >m.safetensors
start=$((8 + length))
for level in 1 5 9; do
    expect 0 "$PITH" -$level -f m.safetensors
    silent "$PITH" -dc m.safetensors.pith >got
    same got m.safetensors
    silent "$PITH" -dc --tensor=one m.safetensors.pith >got
    tail -c +$((start + 1)) m.safetensors | head -c 4096 | cmp - got || fail "one, level $level"
    silent "$PITH" -dc --tensor=a/two <m.safetensors.pith >got
    tail -c 600 m.safetensors | cmp - got || fail "two, level $level"
    silent "$PITH" -dc --tensor=none m.safetensors.pith >got
    [ ! -s got ] || fail "an empty tensor"
    "$PITH" -lv m.safetensors.pith >list || fail "-lv"
    grep -q "^ *$start  *4096  *[0-9]*  *BF16  \[32,64\] one$" list || fail "one is not listed"
    grep -q "F32  \[0,7\] none$" list || fail "none is not listed"
    grep -q "I8  \[600\] a/two$" list || fail "two is not listed"
    "$PITH" -lv --json m.safetensors.pith >list || fail "--json"
    grep -q '"name": *"a/two"' list || fail "two is not in the JSON"
done
silent "$PITH" -d --tensor=one -o out m.safetensors.pith
[ "$(wc -c <out)" -eq 4096 ] || fail "-o"
echo text >t
# a broken head
head -c 300 "$CLI_LIB" >broken.safetensors
"$PITH" -v broken.safetensors 2>said || fail "a broken head"
grep -q 'is none that pith knows: it is coded as bytes' said || fail "-v does not tell: $(cat said)"
silent "$PITH" -dc broken.safetensors.pith | cmp - broken.safetensors || fail "a broken head does not come back"
"$PITH" -fv -1 m.safetensors 2>said
grep -q 'coded as bytes' said && fail "-v tells of a good one"
# a file that is shorter than it says
head -c $((start + 4500)) m.safetensors >short
expect 0 "$PITH" -1 short
complains 2 "ends within tensor 'a/two'" "$PITH" -dc --tensor=a/two short.pith
silent "$PITH" -dc --tensor=one short.pith >got
[ "$(wc -c <got)" -eq 4096 ] || fail "one of a short file"
expect 0 "$PITH" -1 t
complains 1 'there is no tensor' "$PITH" -dc --tensor=three m.safetensors.pith
complains 1 'is no file of tensors' "$PITH" -dc --tensor=one t.pith
complains 1 'tensor goes with -d' "$PITH" -c --tensor=one t
complains 1 'with -o' "$PITH" -d --tensor=one m.safetensors.pith
complains 1 'exclude each other' "$PITH" -dc --tensor=one --range=0:1 m.safetensors.pith
complains 1 'exclude each other' "$PITH" -dc --tensor=one --keep-going m.safetensors.pith
complains 1 'exclude each other' "$PITH" -d -o x --rm --tensor=one m.safetensors.pith

# A checkpoint against another: packed, told, restored; and arrays that have no head.
. "$CLI_LIB"
# Two files of 64 x 64 BF16; of the second every seventh element is one place larger.
make() # STEP
{
    head='{"w":{"dtype":"BF16","shape":[64,64],"data_offsets":[0,8192]}}'
    printf '\076\0\0\0\0\0\0\0%s' "$head"
    awk -v step="$1" 'BEGIN { for (i = 0; i < 4096; i++) printf "\\0%o\\0%o", (i * 7919) % 251 + (i % 7 == 0) * step, 58 + i * i % 5 }' |
        { read -r line; printf '%b' "$line"; }
}
make 0 >one.safetensors
make 1 >two.safetensors
[ "$(wc -c <two.safetensors)" -eq 8262 ] || fail "the samples are made wrong"
for level in 1 3 5 9; do
    expect 0 "$PITH" -$level -f --base=one.safetensors two.safetensors
    silent "$PITH" -dc --base=one.safetensors two.safetensors.pith >got
    same got two.safetensors
    [ "$(wc -c <two.safetensors.pith)" -lt 2500 ] || fail "level $level is not smaller for its base"
    silent "$PITH" -dc --base=one.safetensors --tensor=w two.safetensors.pith >got
    tail -c 8192 two.safetensors | cmp - got || fail "the tensor, level $level"
done
silent "$PITH" -t --base=one.safetensors two.safetensors.pith
silent "$PITH" -c --base=one.safetensors <two.safetensors >piped
silent "$PITH" -dc --base=one.safetensors <piped | cmp - two.safetensors || fail "a pipe"
"$PITH" -lv two.safetensors.pith >list || fail "-lv"
grep -q '^  needs the base [0-9a-f]\{32\}$' list || fail "the base is not listed"
grep -q 'BF16  \[64,64\] w$' list || fail "the tensor is not listed without the base"
id=$(sed -n 's/^  needs the base //p' list)
"$PITH" -lv --json two.safetensors.pith >list || fail "--json"
grep -q "\"bases\": \[\"$id\"\]" list || fail "JSON does not name it"
complains 4 "needs the base $id: name it with --base" "$PITH" -dc two.safetensors.pith
complains 4 "needs the base $id, not [0-9a-f]*: name it" "$PITH" -dc --base=two.safetensors two.safetensors.pith
complains 4 "needs the base $id" "$PITH" -t two.safetensors.pith
complains 1 'is no file of tensors' "$PITH" -c --base=list two.safetensors
complains 1 'none: No such file' "$PITH" -c --base=none two.safetensors
complains 1 'is a directory: a base' "$PITH" -c --base=. two.safetensors
complains 1 'name of a file' "$PITH" -c --base=- two.safetensors
complains 1 'base goes with' "$PITH" -l --base=one.safetensors two.safetensors.pith
complains 1 'exclude each other' "$PITH" -c --base=one.safetensors -D p.prior two.safetensors
complains 1 'exclude each other' "$PITH" -c --base=one.safetensors --type=bf16 two.safetensors
# what archives need is neither removed nor written over
mkdir rm
cp one.safetensors two.safetensors rm
complains 1 'one.safetensors: is the base' "$PITH" -qr --rm --base=rm/one.safetensors rm
same rm/one.safetensors one.safetensors
[ ! -e rm/two.safetensors ] || fail "the other file is not removed"
complains 1 'is the base' "$PITH" -f --base=rm/one.safetensors two.safetensors -o rm/one.safetensors
ln -s one.safetensors rm/link
complains 1 'is the base' "$PITH" --rm --base=rm/link rm/one.safetensors
same rm/one.safetensors one.safetensors
mkfifo pipe
complains 1 'no regular file' "$PITH" -c --base=pipe two.safetensors <>pipe
# arrays
tail -c 8192 two.safetensors >w.bin
for options in --type=bf16 '--type=bf16 --shape=64x64' '--type=bf16 --shape=*x64' '--type=f64 --shape=9999' \
    '--type=u8 --shape=3,5'; do
    for level in 1 5; do
        # shellcheck disable=SC2086 # several options
        expect 0 "$PITH" -$level -f $options w.bin
        silent "$PITH" -dc w.bin.pith >got
        same got w.bin
    done
done
complains 1 "no type of elements: 'f31'" "$PITH" -c --type=f31 w.bin
complains 1 'is not a shape' "$PITH" -c --type=f32 --shape=3x w.bin
complains 1 'is not a shape' "$PITH" -c --type=f32 --shape=3x* w.bin
complains 1 'is not a shape' "$PITH" -c --type=f32 --shape=0x3 w.bin
complains 1 'is not a shape' "$PITH" -c --type=f32 --shape=1x1x1x1x1x1x1x1x1 w.bin
complains 1 'shape needs --type' "$PITH" -c --shape=3 w.bin
complains 1 'go with what packs' "$PITH" -dc --type=u8 w.bin.pith

# -D and PITH_PRIOR_PATH: whatever encodes or decodes, with the right prior, another one, and none.
. "$CLI_LIB"
samples s 200
silent "$PITH" --train -q -1 -o p.prior s/0*.json
silent "$PITH" --train -q -1 -o other.prior s/1*.json
silent "$PITH" --train -q -2 -o two.prior s/00*.json
id_of()
{
    "$PITH" -l --json "$1" | sed 's/.*"id": "\([0-9a-f]*\)".*/\1/'
}
p=$(id_of p.prior) other=$(id_of other.prior)

# Small files: there and back, and worth it.
silent "$PITH" -D p.prior s/150.json s/151.json
"$PITH" -1 -c s/150.json >plain
[ $((3 * $(len_of s/150.json.pith))) -lt $((2 * $(len_of plain))) ] || fail "no gain"
mkdir out
for i in 150 151; do
    silent "$PITH" -d -D p.prior -o out/$i s/$i.json.pith
    same out/$i s/$i.json
done
silent "$PITH" -t --prior=p.prior s/15*.pith
"$PITH" -D p.prior <s/152.json | "$PITH" -dc -D p.prior | cmp - s/152.json || fail "pipe"
silent "$PITH" -1D p.prior -o same.pith s/150.json
same same.pith s/150.json.pith
PITH_LEVEL=7 "$PITH" -cD p.prior s/150.json | cmp - same.pith || fail "PITH_LEVEL counts"
"$PITH" -b -D p.prior s/150.json | awk 'NR == 2 && $1 == 1 { n++ } END { exit !(n == 1 && NR == 2) }' ||
    fail "-b"
"$PITH" --estimate -D p.prior s/150.json | awk 'NR == 2 && $1 == 1 { n++ } END { exit !(n == 1 && NR == 2) }' ||
    fail "--estimate"
"$PITH" -dc -7 -D p.prior same.pith | cmp - s/150.json || fail "-d minds the level"

# Many chunks, of which the first needs no prior; archives that need several.
{ head -c 65536 "$PITH"; cat s/*.json s/*.json s/*.json s/*.json s/*.json s/*.json; } >mix
silent "$PITH" -D p.prior --block-size=64KiB mix
"$PITH" -dc -T3 -D p.prior mix.pith | cmp - mix || fail "mix"
"$PITH" -c -D other.prior s/151.json >b
cat same.pith b same.pith b >joined.pith
cat s/150.json s/151.json s/150.json s/151.json >joined
mkdir d e
cp p.prior d
cp other.prior "e/with blank.prior"
echo 'no prior' >d/text.prior
ln -s nowhere d/dangling.prior
mkdir d/folder.prior e/empty
cp two.prior d/.prior
export PITH_PRIOR_PATH=nothere::d:e
for archive in mix joined; do
    silent "$PITH" -t $archive.pith
    for threads in 1 3; do
        "$PITH" -dc -T$threads $archive.pith | cmp - $archive || fail "$archive, $threads threads"
        "$PITH" -dc -T$threads <$archive.pith | cmp - $archive || fail "stdin, $archive, $threads threads"
        cat $archive.pith | "$PITH" -dc -T$threads | cmp - $archive || fail "a pipe, $archive"
        "$PITH" -dc -T$threads --range=50:65600 $archive.pith >got || fail "--range"
        tail -c +51 $archive | head -c 65600 | cmp - got || fail "--range, $archive"
    done
done
"$PITH" -dc --keep-going mix.pith | cmp - mix || fail "--keep-going"
"$PITH" -dc --keep-going same.pith | cmp - s/150.json || fail "--keep-going, one chunk"
silent "$PITH" -t --keep-going mix.pith same.pith
cp mix.pith damaged.pith
flip damaged.pith $(($(len_of mix.pith) - 200)) 8
for options in '-D p.prior' ''; do
    # shellcheck disable=SC2086
    expect 2 "$PITH" -d --keep-going $options -fo got damaged.pith 2>said
    [ "$(grep -c 'damaged.pith: lost: ' said)" = 1 ] || fail "$(cat said)"
    head -c "$(len_of got)" mix | cmp - got || fail "what is left of a damaged archive"
    [ "$(len_of got)" -ge 131072 ] || fail "only $(len_of got) bytes are left"
    expect 2 "$PITH" -tv $options damaged.pith 2>said
    [ "$(grep -c 'damaged.pith: lost: ' said)" = 1 ] || fail "-tv: $(cat said)"
done
silent "$PITH" -rD p.prior --suffix=.small out
silent "$PITH" -drf --suffix=.small out
same out/150 s/150.json
complains 4 'joined.pith: needs several priors' "$PITH" -d --keep-going -o got2 joined.pith
"$PITH" -dc -D other.prior same.pith | cmp - s/150.json || fail "the path, beside another -D"
PITH_PRIOR_PATH=e expect 0 "$PITH" -tD p.prior joined.pith

# What is needed is not there: nothing is written, exit code 4, one line that says where it was sought.
unset PITH_PRIOR_PATH
for options in -d '-d --range=0:5' '-d --keep-going' '-d -T3'; do
    # shellcheck disable=SC2086
    complains 4 "^pith: same.pith: needs the prior $p: no -D is given, and PITH_PRIOR_PATH is not set\$" \
        "$PITH" $options -o got3 same.pith
    # shellcheck disable=SC2086
    PITH_PRIOR_PATH=e:d/folder.prior \
        complains 4 "^pith: same.pith: needs the prior $p: -D other.prior is $other, and it is not in PITH_PRIOR_PATH, e:d/folder.prior\$" \
        "$PITH" -D other.prior $options -o got3 same.pith
    absent got3
done
complains 4 "needs the prior $p: -D two.prior is" "$PITH" -tD two.prior same.pith
complains 4 "^pith: (stdin): needs the prior $p" sh -c 'cat mix.pith | "$PITH" -dc >got3'
head -c "$(len_of got3)" mix | cmp - got3 || fail "wrong bytes came out"
PITH_PRIOR_PATH='' complains 4 'PITH_PRIOR_PATH is not set' "$PITH" -t same.pith
expect 4 "$PITH" -t plain same.pith 2>said
"$PITH" -tD other.prior plain || fail "what needs no prior minds another one"

# Levels: the prior's, or none.
complains 1 '^pith: p.prior: is a prior for level 1, not for level 2$' "$PITH" -2 -cD p.prior s/150.json
complains 1 '^pith: p.prior: is a prior for level 1, not for level 9$' "$PITH" --level=9 -cD p.prior s/150.json
complains 1 'for level 1, not for level 3$' "$PITH" -b -e3 -D p.prior s/150.json
for command in --explain --ablate -l; do
    complains 1 '-D goes with what packs or unpacks' "$PITH" $command -D p.prior s/150.json
done
complains 1 '-D needs the name of a file' "$PITH" -cD - s/150.json
complains 1 '-D needs the name of a file' "$PITH" -c --prior= s/150.json

# Priors that are none any more; there is not one byte whose change goes unnoticed.
complains 1 '^pith: nothere: No such file' "$PITH" -cD nothere s/150.json
complains 2 '^pith: plain: byte 0: not a prior' "$PITH" -cD plain s/150.json
head -c 1000 p.prior >cut.prior
complains 2 '^pith: cut.prior: ' "$PITH" -cD cut.prior s/150.json
complains 2 '^pith: cut.prior: ' "$PITH" -t cut.prior
len=$(len_of p.prior)
for at in 0 4 5 6 8 30 100 $((len / 2)) $((len - 9)) $((len - 1)); do
    cp p.prior bad.prior
    flip bad.prior "$at" 16
    "$PITH" -t bad.prior 2>said && fail "byte $at: sound"
    "$PITH" -dc -D bad.prior same.pith >got4 2>said && fail "byte $at: unpacks"
    [ ! -s got4 ] || fail "byte $at: wrote"
    rm d/p.prior
    cp bad.prior d/p.prior
    PITH_PRIOR_PATH=d complains 4 "needs the prior $p" "$PITH" -t same.pith
done
cp p.prior longer.prior
echo >>longer.prior
complains 2 '^pith: longer.prior: ' "$PITH" -t longer.prior
silent "$PITH" -t p.prior same.pith -D p.prior
complains 4 'p.prior: .*allow more with -M$' "$PITH" -t -M 100K p.prior
complains 4 'p.prior: .*allow more with -M$' "$PITH" -t -M 100K -D p.prior same.pith
complains 1 'p.prior: .*allow more with -M$' "$PITH" -c -M 100K -D p.prior s/150.json
clean

# --train: what it writes and says, what it refuses, and that it leaves nothing half done.
. "$CLI_LIB"
samples s 200
expect 0 "$PITH" --train -1 s/*.json -o a.prior 2>said
[ "$(wc -l <said)" = 2 ] || fail "$(cat said)"
grep -Eq '^pith: a.prior: [0-9.]* [KM]iB for level 1 of 200 samples, [0-9.]* KiB; id [0-9a-f]{32}$' said ||
    fail "$(cat said)"
grep -Eq '^pith: a.prior: samples kept aside, [0-9.]* KiB: to [0-9.]* % without it, to [0-9.]* % with it$' \
    said || fail "$(cat said)"
sed -n 's/.*: to \([0-9.]*\) % without it, to \([0-9.]*\) %.*/\1 \2/p' said |
    awk '$1 > 2 * $2 { good = 1 } END { exit !good }' || fail "no gain: $(cat said)"

# The same in whatever order, by -r, at level 5 and by PITH_LEVEL, to stdout.
silent "$PITH" --train -q -1r s -o b.prior
same a.prior b.prior
"$PITH" --train -q --level=1 -c s/1*.json s/0*.json >c.prior || fail "-c"
same a.prior c.prior
PITH_LEVEL=1 "$PITH" --train -qr s -o - >c.prior || fail "-o -"
same a.prior c.prior
cat s/000.json | silent "$PITH" --train -q -1 -o pipe.prior - s/001.json
silent "$PITH" --train -q -1 -o two.prior s/000.json s/001.json
same pipe.prior two.prior
silent "$PITH" --train -q -o five.prior s/00*.json
"$PITH" -l five.prior | grep -q 'prior for level 5' || fail "default level"
silent "$PITH" --train -q -1 -M 256MiB --max-size=64KiB -o small.prior s/*.json
[ "$(len_of small.prior)" -le 65536 ] || fail "--max-size"
"$PITH" --train -1 -o few.prior s/00*.json 2>said || fail "few"
grep -q 'few.prior: what it gains is not known: too few samples' said || fail "$(cat said)"
"$PITH" --train -1 --progress s/*.json -o p.prior 2>said || fail "--progress"
tr '\r' '\n' <said | grep -Eq '^p.prior: training: [0-9.]* %  [0-9:]*  [0-9:]* left' || fail "$(cat said)"

# An existing output is refused before anything is read, and replaced with -f.
echo old >old.prior
complains 1 '^pith: old.prior: exists: overwrite it with -f$' "$PITH" --train -1 s/*.json -o old.prior
[ "$(cat old.prior)" = old ] || fail "touched"
silent "$PITH" --train -qf -1 s/*.json -o old.prior
same a.prior old.prior

# No prior, and no other file, is left by what fails.
: >empty
mkdir none
complains 1 'no.prior: there is nothing to learn from' "$PITH" --train empty -o no.prior
complains 1 'no.prior: there is nothing to learn from' "$PITH" --train -r none -o no.prior
complains 1 '^pith: nothere: No such file' "$PITH" --train s/000.json nothere -o no.prior
complains 1 '^pith: s: is a directory' "$PITH" --train s -o no.prior
complains 1 'allow more.* with -M$' "$PITH" --train -M 1MiB s/000.json -o no.prior
complains 1 '^pith: no.prior: .*needs .* memory.*: allow more with -M$' "$PITH" --train -M 2MiB s/000.json -o no.prior
complains 1 '^pith: s/001.json: is the output as well' "$PITH" --train -f s/00*.json -o s/001.json
absent no.prior
clean
clean s
complains 1 'needs samples' "$PITH" --train -o no.prior
complains 1 'needs a name for the prior' "$PITH" --train s/000.json
complains 1 'exclude each other' "$PITH" --train --rm s/000.json -o no.prior
complains 1 '-D goes with' "$PITH" --train -D a.prior s/000.json -o no.prior
complains 1 '--max-size goes with --train' "$PITH" --max-size=1MiB s/000.json
for size in 1 65535 2GiB 0 x 1MB; do
    complains 1 '--max-size: ' "$PITH" --train --max-size=$size s/000.json -o no.prior
done
absent no.prior s/000.json.pith

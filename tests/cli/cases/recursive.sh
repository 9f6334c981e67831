# -r walks directories: what is taken, what is skipped, in what order, and what it comes to.
. "$CLI_LIB"
mkdir -p t/b t/a/deep t/empty out
text 3000 >t/z
text 2000 >t/a/deep/x
text 1000 >t/a.txt
: >t/b/none
"$PITH" -1 -c t/z >t/b/ready.pith
cp t/b/ready.pith ready.pith
ln -s z t/link
ln -s ../a t/b/up
ln -s nowhere t/broken
mkfifo t/fifo

complains 1 '^pith: t: is a directory: take the files below it with -r$' "$PITH" -1 t
complains 1 'is a directory.*-r' "$PITH" -d t
complains 1 'is a directory.*-r' "$PITH" -l t

"$PITH" -1rvv t 2>said || fail "-r: $(cat said)"
sed -n 's/^pith: \(.*\): skipped: /\1 /p' said >skipped
printf '%s\n' 't/b/ready.pith has the suffix already' 't/b/up is a symbolic link' \
    't/broken is a symbolic link' 't/fifo is not a regular file' 't/link is a symbolic link' |
    sort >want
sort skipped | cmp -s - want || fail "skipped: $(cat said)"
sed -n 's/^pith: \(.*\): .* => .*/\1/p' said >done
printf '%s\n' t/a.txt t/a/deep/x t/b/none t/z | cmp -s - done || fail "order: $(cat done)"
for f in t/a.txt t/a/deep/x t/b/none t/z; do
    [ -f $f.pith ] || fail "$f.pith is missing"
done
absent t/b/ready.pith.pith t/a.txt.pith.pith t/link.pith t/fifo.pith
same t/b/ready.pith ready.pith

# Again: every file is refused, the last one too, and each is named in full.
expect 1 "$PITH" -1r t 2>said
[ "$(grep -c 'exists: overwrite it with -f' said)" = 4 ] || fail "$(cat said)"
silent "$PITH" -1rf t
absent t/b/ready.pith.pith t/a.txt.pith.pith

# The other way; a bad archive does not keep the others waiting, and its code is the worst.
silent "$PITH" -tr t
[ "$("$PITH" -lr t | wc -l)" = 7 ] || fail "-lr: $("$PITH" -lr t)"
cp t/a.txt.pith bad
flip t/a.txt.pith 30 1
expect 2 "$PITH" -tr t 2>said
grep -q '^pith: t/a.txt.pith: byte' said || fail "$(cat said)"
[ "$(wc -l <said)" = 1 ] || fail "$(cat said)"
cp bad t/a.txt.pith
cp -R t kept 2>/dev/null || cp -a t kept
rm t/a.txt t/a/deep/x t/b/none t/z
silent "$PITH" -dr --rm t
for f in a.txt a/deep/x b/none z b/ready; do
    absent t/$f.pith
    [ -f t/$f ] || fail "t/$f did not come back"
done
same t/a/deep/x kept/a/deep/x
same t/z kept/z
clean

# To one stream, in order; directories and files side by side; trailing slashes; nothing at all.
cat t/a.txt t/a/deep/x t/b/none t/b/ready t/z >all
"$PITH" -1rc t >all.pith || fail "-rc"
"$PITH" -dc all.pith | cmp - all || fail "-rc: order"
"$PITH" -1rc t/// | cmp - all.pith || fail "trailing slashes"
cat t/z t/a.txt >two
"$PITH" -1rc t/z t/a.txt | "$PITH" -d | cmp - two || fail "files with -r"
"$PITH" -rc t/empty </dev/full >nothing 2>said || fail "nothing to do"
[ ! -s nothing ] || fail "an empty directory gives bytes"
silent "$PITH" -r t/empty
silent "$PITH" -dr t/empty
[ -z "$(ls -A t/empty)" ] || fail "something was made of nothing"

# A directory is walked once, however it is reached.
"$PITH" -1rc t t/a t/./a/deep . >once.pith 2>/dev/null
"$PITH" -1rc -v t t/a 2>&1 >/dev/null | grep -q '^pith: t/a/: skipped: .*already' || fail "twice"
"$PITH" -dc once.pith >once || fail "once"
[ "$(len_of once)" -gt "$(len_of all)" ] || fail "the rest of . is missing"

# Links: named, only with -f; below, never.
ln -s t to
complains 1 '^pith: to: is a symbolic link' "$PITH" -1rc to
"$PITH" -1rfc to | "$PITH" -d | cmp - all || fail "-f follows what is named"
complains 1 '^pith: nothere: No such file' "$PITH" -r nothere
expect 1 "$PITH" -1rc nothere t >part.pith 2>said
same part.pith all.pith

# A tree deeper than descriptors and the stack allow, one that cannot be read, and an own suffix.
. "$CLI_LIB"
path=d
for i in 1 2 3 4 5 6 7 8 9 10; do path=$path/1/2/3/4/5/6/7/8/9/0; done
for i in 1 2 3 4 5 6 7 8 9 10; do path=$path/1/2/3/4/5/6/7/8/9/0; done
mkdir -p "$path"
text 500 >"$path/bottom"
text 600 >d/top
(
    ulimit -n 12
    ulimit -s 256
    silent "$PITH" -1r d
) || fail "deep"
rm "$path/bottom"
silent "$PITH" -dr "$path"
text 500 | cmp - "$path/bottom" || fail "the deepest file"

# Beyond PATH_MAX nothing can be named: told, and the rest is done.
mkdir e
text 700 >e/z
name=$(printf '%0200d' 0)
half=$name
for i in 1 2 3 4 5 6 7 8 9 10 11; do half=$half/$name; done
mkdir -p "e/$half" "e2/$half"
mv e2 "e/$half/"
expect 1 "$PITH" -1r e 2>said
grep -q '^pith: e/0000.*File name too long$' said || fail "$(cut -c1-300 said)"
[ -f e/z.pith ] || fail "the rest was not done"

# Names with blanks, newlines, a dash, the bare suffix.
mkdir 's p' 's p/.pith' 's p/-'
newline='new
line'
text 300 >"s p/$newline"
text 301 >'s p/-/-'
text 302 >'s p/.pith/.pith'
text 303 >'s p/a.z'
silent "$PITH" -1r -- 's p'
for f in "s p/$newline" 's p/-/-' 's p/.pith/.pith' 's p/a.z'; do
    [ -f "$f.pith" ] || fail "$f"
done
silent "$PITH" -1r -S .z 's p/-' 's p/.pith'
[ -f 's p/-/-.z' ] || fail "-S"
absent 's p/a.z.z'
expect 0 "$PITH" -tr -S .z 's p/-' 's p/.pith'

as_user=
if [ "$(id -u)" = 0 ]; then
    as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    chmod 755 .
    $as_user "$PITH" -V >/dev/null 2>&1 || skip "cannot become another user"
fi
mkdir -p u/closed
text 800 >u/z
chmod 0 u/closed
expect 1 $as_user "$PITH" -1rc u >u.pith 2>said
grep -q '^pith: u/closed/: Permission denied' said || fail "$(cat said)"
"$PITH" -dc u.pith | cmp - u/z || fail "the readable one"
chmod 755 u/closed

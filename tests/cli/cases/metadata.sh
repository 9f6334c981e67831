# Mode and times go from source to output, both ways; special bits do not.
. "$CLI_LIB"
text 1000 >a
for mode in 600 640 444 755; do
    rm -f b b.pith
    cp a b
    chmod $mode b
    touch -t 200102030405.06 b
    want=$(mode_of b)
    silent "$PITH" -1 b
    [ "$(mode_of b.pith)" = "$want" ] || fail "mode of the archive: $(mode_of b.pith), not $want"
    mv b c
    silent "$PITH" -d b.pith
    [ "$(mode_of b)" = "$want" ] || fail "mode: $(mode_of b), not $want"
    [ ! b -nt c ] && [ ! b -ot c ] || fail "times"
    rm -f c
done
cp a s
chmod 4755 s
silent "$PITH" -1 s
[ "$(mode_of s.pith)" = -rwxr-xr-x ] || fail "set-user-id was copied: $(mode_of s.pith)"
umask 027
"$PITH" -1 <a -o u
[ "$(mode_of u)" = -rw-r----- ] || fail "umask: $(mode_of u)"
cat a | "$PITH" -1 -o v
[ "$(mode_of v)" = -rw-r----- ] || fail "umask with a pipe: $(mode_of v)"
chmod 600 v
cat a | "$PITH" -1 -f -o v
[ "$(mode_of v)" = -rw------- ] || fail "a private file became: $(mode_of v)"

# The owner, where we may give files away.
[ "$(id -u)" = 0 ] || skip "not root: owners are not tested"
# shellcheck disable=SC2012
owner_of()
{
    ls -ln "$1" | awk '{ print $3 ":" $4 }'
}
cp a o
chown 65534:65533 o || skip "owners cannot be changed here"
silent "$PITH" -1 o
[ "$(owner_of o.pith)" = 65534:65533 ] || fail "owner of the archive: $(owner_of o.pith)"
rm o
silent "$PITH" -d o.pith
[ "$(owner_of o)" = 65534:65533 ] || fail "owner: $(owner_of o)"

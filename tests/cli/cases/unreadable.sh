# Permissions: an unreadable input, a directory that takes no file.
. "$CLI_LIB"
chmod 755 .
as_user=
if [ "$(id -u)" = 0 ]; then
    as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
    $as_user "$PITH" -V >/dev/null 2>&1 || skip "cannot become another user"
fi
text 1000 >a
text 1000 >b
chmod 0 a
complains 1 '^pith: a: Permission denied' $as_user "$PITH" -1 -c a >out
[ ! -s out ] || fail "wrote something"
mkdir d
chmod 555 d
complains 1 'd/x: cannot write a new file in its directory: Permission denied' \
    $as_user "$PITH" -1 -o d/x b

# -b, -e and -i in every spelling; -i measures for as long as it is told.
. "$CLI_LIB"
text 3000 >a
levels()
{
    "$PITH" "$@" a >table 2>err || fail "$*: $(cat err)"
    awk 'NR > 1 { printf "%s%s", sep, $1; sep = " " }' table
}
is()
{
    wanted=$1
    shift
    got=$(levels "$@")
    [ "$got" = "$wanted" ] || fail "$*: levels '$got', not '$wanted'"
}
is '1 2' -b1 -e2
is '1 2' -b -1 -e 2
is '1 2' -1 -b -e2 -i0
is '1 2' -b1e2
is '1 2' -b1e2i0
is '1 2' -b1i0e2
is '1 2' -e2i0 -b1
is '1 2' --bench --level=1 -e2
is '2' -b2 -i 0
is '1 2 3 4 5 6 7 8 9' -b
is '1 2 3' -b -e3
is '5 6 7' -b5 -e7
is '7 8 9' -b7 -e9 -i0
for options in -b1ex -b1e -b1e2i -b1e2ix -b1e10 '-b -i-1' '-b -i1.5' '-b -i99999999999' '-b -i' '-b3 -e2' \
    -i3 '-l -i3' '-d -e3' '-b1e2i86401' '-b1e22222222222222222222222222222222i3'; do
    # shellcheck disable=SC2086
    expect 1 "$PITH" $options a >out 2>err
    [ "$(wc -l <err)" = 1 ] || fail "$options: $(cat err)"
    [ ! -s out ] || fail "$options measured"
done
start=$(date +%s)
is '1' -b1 -i2
passed=$(($(date +%s) - start))
[ $passed -ge 3 ] || fail "two measurements of 2 s took $passed s"
echo "two measurements of 2 s took $passed s"

# SIGKILL at any instant: the destination is absent, the old file, or the whole new one.
. "$CLI_LIB"
now()
{
    date +%s%N
}
case $(now) in *N) skip "no nanoseconds in date" ;; esac
n=16384
while :; do
    text $n >a
    start=$(now)
    expect 0 "$PITH" -1 -f a
    took=$((($(now) - start) / 1000000))
    [ $took -ge 150 ] || [ $n -ge 16777216 ] && break
    n=$((n * 2))
done
cp a.pith whole
echo old >old
cp a keep
i=0
while [ $i -lt 20 ]; do
    rm -f a.pith
    [ $((i % 2)) = 0 ] || cp old a.pith
    "$PITH" -1 -f --rm a &
    pid=$!
    sleep "$(awk -v i=$i -v ms=$took 'BEGIN { printf "%.3f", (i + 0.5) * ms / 19000 }')"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    if [ ! -e a.pith ]; then
        [ $((i % 2)) = 0 ] || fail "the old file was lost at step $i"
    elif ! cmp -s a.pith old; then
        same a.pith whole
    fi
    if [ -e a ]; then
        same a keep
    else
        same a.pith whole
        cp keep a
    fi
    rm -f .pith-*.tmp
    i=$((i + 1))
done

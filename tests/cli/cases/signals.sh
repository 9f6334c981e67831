# SIGTERM, SIGHUP, SIGINT: no file of ours is left, the old output stays, the status tells the signal.
. "$CLI_LIB"
env --default-signal=INT true 2>/dev/null || skip "env cannot reset signals"
text 3000 >a
mkfifo f
echo old >b
for signal in TERM:143 HUP:129 INT:130 QUIT:131; do
    env --default-signal=INT,QUIT "$PITH" -1 -f -o b <f 2>err &
    pid=$!
    exec 3>f
    cat a >&3
    tries=0
    while [ -z "$(find . -name '.pith-*')" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || fail "no temporary file"
        sleep 0.05
    done
    kill -"${signal%:*}" $pid
    wait $pid 2>/dev/null
    status=$?
    exec 3>&-
    [ $status = "${signal#*:}" ] || fail "$signal: status $status"
    clean
    [ "$(cat b)" = old ] || fail "$signal: the old file is gone"
    [ ! -s err ] || fail "$signal: $(cat err)"
done

# In the middle of the best level's work on one long chunk, at once.
head -c 3000000 /dev/urandom | od -An -tx1 | head -c 3000000 >long
for threads in 1 2; do
    env --default-signal=INT "$PITH" -9 -T$threads -f -o b long 2>err &
    pid=$!
    sleep 1
    start=$(date +%s%N)
    kill -INT $pid
    wait $pid 2>/dev/null
    status=$?
    passed=$((($(date +%s%N) - start) / 1000000))
    [ $status = 130 ] || fail "-9 -T$threads: status $status"
    [ $passed -lt 1000 ] || fail "-9 -T$threads: died after $passed ms"
    clean
    [ "$(cat b)" = old ] || fail "-9 -T$threads: the old file is gone"
done

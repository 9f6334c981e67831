# Sourced by demo.sh and bench.sh: how one run of one program is measured.
# shellcheck shell=bash disable=SC2034
#
# Everything happens in the current folder, which the caller has made: `data` is the input, `packed`
# (with the suffix that the program insists on) the archive, `restored` what came back.  One thread
# each.  pith verifies what it wrote unless told not to; the peers do not, so here it is told not to.

# How PROGRAM is called: sets packed, pack_line and unpack_line.
program_lines()
{
    packed=packed
    case $1 in
    "pith -"*)
        packed=packed.pith
        pack_line="$PITH ${1#pith } -T1 --no-verify -qfk -o $packed data"
        unpack_line="$PITH -d -T1 -qfk -o restored $packed"
        ;;
    "gzip -9") pack_line="gzip -9 -c data >packed" unpack_line="gzip -dc <packed >restored" ;;
    "xz -9e") pack_line="xz -9e -T1 -c data >packed" unpack_line="xz -dc -T1 <packed >restored" ;;
    "zstd -19")
        pack_line="zstd -19 --single-thread -qf -o packed data"
        unpack_line="zstd -d -qf -o restored packed"
        ;;
    "zstd -22 --ultra --long=27")
        pack_line="zstd -22 --ultra --long=27 --single-thread -qf -o packed data"
        unpack_line="zstd -d --long=27 -qf -o restored packed"
        ;;
    "brotli -q11 -w24")
        pack_line="brotli -q 11 -w 24 -f -o packed data"
        unpack_line="brotli -d -f -o restored packed"
        ;;
    "bzip3 -b40")
        pack_line="bzip3 -e -b 40 -c data >packed"
        unpack_line="bzip3 -d -c packed >restored"
        ;;
    "7z PPMd o16 1g")
        packed=packed.7z
        pack_line="7z a -m0=PPMd:o=16:mem=1g -mmt=1 $packed data >/dev/null"
        unpack_line="7z e -so -mmt=1 $packed 2>/dev/null >restored"
        ;;
    "zpaq -m5")
        packed=packed.zpaq
        pack_line="zpaq add $packed data -m5 -t1 >/dev/null 2>&1"
        unpack_line="zpaq extract $packed data -to restored -t1 >/dev/null 2>&1"
        ;;
    *)
        echo "measure.sh: unknown program $1" >&2
        return 1
        ;;
    esac
}

# The command that PROGRAM needs.
program_command()
{
    case $1 in
    "pith "*) echo "$PITH" ;;
    *) echo "${1%% *}" ;;
    esac
}

# timed LINE: runs it by sh; sets user_s (seconds of user CPU, to the millisecond: bash counts finer
# than /usr/bin/time, whose own share is below that) and peak_mib.
timed()
{
    local status peak_kib
    local TIMEFORMAT=%3U
    { time /usr/bin/time -q -o peak.log -f %M sh -c "$1" </dev/null 2>err.log; } 2>user.log
    status=$?
    user_s=$(tail -1 user.log)
    peak_kib=$(cat peak.log)
    peak_mib=$(((peak_kib + 1023) / 1024))
    [ $status -eq 0 ] || head -5 err.log >&2
    return $status
}

# measure PROGRAM [REPEATS]: packs and restores `data`; the best time of the repeats counts.  Sets
# packed_len, pack_s, pack_mib, unpack_s, unpack_mib, exact (yes or no).
measure()
{
    local repeats=${2:-1}
    program_lines "$1" || return 1
    exact=no pack_s=- unpack_s=- pack_mib=- unpack_mib=- packed_len=0
    while [ "$repeats" -gt 0 ]; do
        repeats=$((repeats - 1))
        rm -rf "$packed" restored
        timed "$pack_line" || return 1
        pack_s=$(lesser "$pack_s" "$user_s") pack_mib=$peak_mib
        packed_len=$(stat -c %s "$packed")
        timed "$unpack_line" || return 1
        unpack_s=$(lesser "$unpack_s" "$user_s") unpack_mib=$peak_mib
        cmp -s data restored || return 1
    done
    exact=yes
}

lesser() { awk -v a="$1" -v b="$2" 'BEGIN { print (a == "-" || b + 0 < a + 0) ? b : a }'; }

thousands() { sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta' <<<"$1"; }

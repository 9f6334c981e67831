#!/bin/bash
# Writes what fuzzing starts from: inputs that are right, and wrong in known ways, for each target.
#
#   seeds.sh FOLDER      writes FOLDER/TARGET/*
#
# Archives are those of tests/golden; a target that takes settings first gets them in front.
set -eu
cd "$(dirname "$0")/.."
out=$1

for target in info oneshot stream tiny codec_bytes index encode explain options reader salvage \
    prior_open codec_tensor codec_points; do
    mkdir -p "$out/$target"
done

for archive in tests/golden/*.pith; do
    name=$(basename "$archive" .pith)
    case $name in # 64 KiB and more to model: too slow to start from
    good-two-chunks* | good-second-chunk-stored | good-fill-between | bad-cut-footer | bad-cut-index)
        continue ;;
    esac
    cp "$archive" "$out/info/$name"
    cp "$archive" "$out/oneshot/$name"
    { printf '\014\020\000\001' && cat "$archive"; } >"$out/stream/$name"
    { printf '\003\012\110\007' && cat "$archive"; } >"$out/stream/$name-pieces"
    { printf '\013' && cat "$archive"; } >"$out/tiny/$name"
    { printf '\002\001\002\003' && cat "$archive"; } >"$out/reader/$name"
    { printf '\001' && cat "$archive"; } >"$out/salvage/$name"
    # the payload alone is somewhere behind the header
    case $name in
    good-text-level-1) { printf '\000\127\002' && tail -c +21 "$archive"; } \
        >"$out/codec_bytes/$name" ;;
    esac
done

# Forged payloads: one segment of each kind, then several, over some text.
for kind in 0 1 2 3 4 5 6 7; do
    {
        printf '\200\000%b\100\100' "\\0$((kind + 10))"
        head -c 200 README.md
    } >"$out/codec_bytes/forged-$kind"
done
{
    printf '\200\007'
    for kind in 0 7 1 4 2 6 5; do printf '%b\040\030\007' "\\0$((kind + 10))"; done
    head -c 400 README.md
} >"$out/codec_bytes/forged-many"

for shape in '\000' '\001' '\010\003' '\021\205\000\001' '\022\207\001\002\003'; do
    { printf '%b' "$shape" && head -c 120 /dev/zero; } >"$out/index/zeros-${#shape}"
    { printf '%b' "$shape" && head -c 120 README.md; } >"$out/index/text-${#shape}"
done

# Priors: forged ones whose weights and contexts are of some text, and sections that are that text.
for level in 0 1 2 3 4; do
    for parts in 0 1 2 7; do
        { printf '%b\100\000' "\\020$level\\00$parts" && head -c 64 README.md && printf '\007' &&
            head -c 600 fuzz/README.md; } >"$out/prior_open/forged-$level-$parts"
    done
done
{ printf '\200\007\000\000\003\010\000\024\100\036\157' && head -c 400 /dev/zero; } \
    >"$out/prior_open/forged-zeros"
{ printf '\300\007\040\000' && head -c 80 README.md; } >"$out/prior_open/raw"

for settings in '\000\000\000\000\020\016' '\205\000\100\000\002\003' '\130\001\000\000\021\001' \
    '\210\000\000\000\021\016'; do
    name=$(printf '%s' "$settings" | tr -dc '0-9')
    { printf '%b' "$settings\0176" && head -c 127 README.md && printf '\200\200\200'; } \
        >"$out/encode/repeats-$name"
    { printf '%b' "$settings\0321a\0010abcdefghi\0320\0000"; } >"$out/encode/runs-$name"
done

for settings in '\000\000\000\000' '\100\000\000\000' '\205\000\000\000' '\200\002\000\000' \
    '\100\377\377\377' '\210\000\140\000'; do
    name=$(printf '%s' "$settings" | tr -dc '0-9')
    { printf '%b' "$settings" && head -c 300 README.md; } >"$out/explain/text-$name"
    { printf '%b' "$settings\0350\0020\0001\0000\0000" && head -c 200 /dev/zero; } \
        >"$out/explain/zeros-$name"
done

head -c 60 /dev/zero >"$out/options/defaults"
for flaws in '\001' '\002' '\004' '\010'; do
    { printf '\000\000\377%b' "$flaws" && head -c 60 /dev/zero; } >"$out/options/flaws-${flaws#?}"
done
while read -r line; do
    { printf '\001' && tr ' ' '\000' <<<"$line" | tr -d '\n'; } \
        >"$out/options/args-$(tr -dc 'a-zA-Z0-9' <<<"$line")"
done <<'ARGS'
-9kf file
-7 -T0 file other
-dc --memory=512MiB file.pith
-tvv -M 2G -- -file
-l -q -q file
-b -e 7 -3 file
--level 4 --block-size 64KiB --size-hint 10M --no-verify --rm -o out in
-S .pi -T 1024 -T1025
-19
--unknown -? -h
-V
18446744073709551615 18446744073709551616 16777215T 0 07 1KiB 1KB
ARGS

# Tensors: elements of each type, and heads of files.
for type in 0 1 2 3 4 5 6 7 8 9; do
    { printf '\001\001\002%b\004\003\002\005%b\017\000\000\003' "\\00$type" "\\00$type" &&
        head -c 700 README.md; } >"$out/codec_tensor/elements-$type"
    { printf '\001\000' && tail -c +3 "$out/codec_tensor/elements-$type"; } \
        >"$out/codec_tensor/fast-$type"
done
head='{"__metadata__":{"a":[1,{"b":-1.5e3}]},"one":{"dtype":"F32","shape":[7,3],"data_offsets":[0,84]},'
head+='"two":{"dtype":"BF16","shape":[200,3,3,3,2],"data_offsets":[100,21700]},'
head+='"no":{"dtype":"F99","shape":[],"data_offsets":[90,92]}}'
printf '\002\000\001\001%s   ' "$head" >"$out/codec_tensor/head"
printf '\002\000\001\000\223NUMPY\001\000\073\000%s' \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }" >"$out/codec_tensor/npy"
printf '\002\000\001\000GGUF\003\000\000\000\001\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000k\004\000\000\000\001\000\000\000\001\000\000\000\000\000\000\000t\001\000\000\000\100\000\000\000\000\000\000\000\010\000\000\000\000\000\000\000\000\000\000\000' >"$out/codec_tensor/gguf"
printf '\000\077\001\001' >"$out/codec_tensor/payload"
head -c 300 /dev/zero >>"$out/codec_tensor/payload"

# Points: records of several fields, and heads of files.
for level in 0 1 2 3; do
    { printf '\001%b\003\027\047\067\107' "\\00$level" && head -c 2000 README.md; } \
        >"$out/codec_points/floats-$level"
    { printf '\001%b\006\025\045\065\102\160\150\000' "\\00$level" && head -c 2000 README.md; } \
        >"$out/codec_points/integers-$level"
done
printf '\002VERSION 0.7\nFIELDS x y\nSIZE 4 8\nTYPE F U\nCOUNT 1 2\nPOINTS 9\nDATA binary\n' \
    >"$out/codec_points/pcd"
printf '\002ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty float x\nend_header\n' \
    >"$out/codec_points/ply"
{ printf '\002LASF' && head -c 230 /dev/zero; } >"$out/codec_points/las"
printf '\000\077\001\001' >"$out/codec_points/payload"
head -c 300 /dev/zero >>"$out/codec_points/payload"

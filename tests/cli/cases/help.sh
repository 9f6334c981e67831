# --help and --version go to stdout and fail if they cannot.
. "$CLI_LIB"
silent "$PITH" --help >long
silent "$PITH" -h >short
same long short
for word in --decompress --list --threads --rm --block-size --no-verify --progress --recursive --json --estimate \
    '-e N' '-i N' NO_COLOR 'Exit codes' PITH_LEVEL -9; do
    grep -q -e "$word" long || fail "help lacks $word"
done
[ "$(awk 'length > 100' long | wc -l)" = 0 ] || fail "lines over 100 columns"
"$PITH" -V | grep -Eq '^pith [0-9]+\.[0-9]+\.[0-9]+$' || fail "version"
[ -c /dev/full ] || exit 0
complains 1 '(stdout): cannot write: No space left' sh -c '"$PITH" --help >/dev/full'

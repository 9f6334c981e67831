# Input that is the output; symbolic and hard links.
. "$CLI_LIB"
text 1000 >a
cp a keep
for force in '' -f; do
    complains 1 'is the input itself' "$PITH" -1 $force -o a a
    complains 1 'is the input itself' "$PITH" -1 $force -o ./a a
    ln -f a hard
    complains 1 'is the input itself' "$PITH" -1 $force -o hard a
    ln -sf a soft
    complains 1 'is the input itself' "$PITH" -1 $force -o soft a
    cp a app
    expect 1 "$PITH" -1 $force -c app >>app 2>err
    same app a
done
complains 1 'soft: is a symbolic link' "$PITH" -1 soft
complains 1 'soft: is a symbolic link' "$PITH" -1 -c soft
absent soft.pith
silent "$PITH" -1 -f soft
"$PITH" -dc soft.pith | cmp - keep || fail "-f follows"
silent "$PITH" -1 hard
same a keep

# The words of the common complaints, to the letter.
. "$CLI_LIB"
echo text >a
echo text >b
mkdir d
ln -s a link
mkfifo pipe
"$PITH" nothere
"$PITH" d link pipe
"$PITH" -d a
"$PITH" -o a b
"$PITH" -o a a
"$PITH" -o none/x a
"$PITH" -0 a
"$PITH" --level=99 a
"$PITH" -12 a
"$PITH" -M 64KB a
"$PITH" --block-size=0 a
"$PITH" -T many a
"$PITH" --nonsense a
"$PITH" -x a
"$PITH" -S
"$PITH" -o x a b
: | "$PITH" -l
"$PITH" -b
exit 0

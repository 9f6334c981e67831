# The help text, but for what the levels cost.
. "$CLI_LIB"
"$PITH" --help | sed 's/^\(  -[1-9]  compress\).*/\1 .../'

# What -l, -t and --train say of priors, and -l of archives that need them; digits are left out.
. "$CLI_LIB"
samples s 200
blank()
{
    number='s/ [0-9.]{2,}([ ,}]|$)/ N\1/g'
    sed -E -e 's/[0-9a-f]{32}/ID/g' -e 's/[0-9][0-9.]* [KMG]?i?B/SIZE/g' -e "$number" -e "$number" \
        -e 's/ +N/ N/g' -e 's/ +SIZE/ SIZE/g'
}
{
    "$PITH" --train -1 -o p.prior s/*.json
    "$PITH" --train -1 -f --json -o p.prior s/*.json
    "$PITH" --train -1 -o few.prior s/00*.json
    "$PITH" -D p.prior s/150.json
    "$PITH" -l p.prior few.prior s/150.json.pith
    "$PITH" -l <p.prior
    "$PITH" -lv p.prior few.prior s/150.json.pith
    "$PITH" -l --json p.prior s/150.json.pith
    "$PITH" -lv --json s/150.json.pith
    "$PITH" -tv p.prior
    head -c 500 p.prior >cut.prior
    "$PITH" -l cut.prior
} 2>&1 | blank

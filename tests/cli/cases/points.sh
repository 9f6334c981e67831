# Points: scans and LAS files packed as such, listed, and put on a grid.
. "$CLI_LIB"
golden=$(dirname "$CLI_LIB")/../golden
"$PITH" -dc "$golden/good-large-map-level-7.pith" >map.bin || fail "map"
"$PITH" -dc "$golden/good-flight-level-8.pith" >flight.las || fail "flight"
for level in 1 5 9; do
    silent "$PITH" -$level -fk map.bin flight.las
    silent "$PITH" -dc map.bin.pith flight.las.pith >got
    cat map.bin flight.las | cmp - got || fail "level $level"
done
silent "$PITH" -7 -fk map.bin
"$PITH" -lv map.bin.pith >list || fail "-lv"
grep -q '  28800 points of 4 fields$' list || fail "no points: $(cat list)"
grep -q 'a scanner of 16 lasers in columns, moving, on the lattice of a map: turns of 0.2 degrees, ranges of 2 mm$' list ||
    fail "no scanner: $(cat list)"
grep -q 'bits a point: turns [0-9.]*, ranges [0-9.]*, places [0-9.]*$' list || fail "no parts: $(cat list)"
grep -q '^ *x  *f32  *-  *0  *above$' list || fail "no x: $(cat list)"
grep -q '^ *i  *f32  *2  *0  *[0-9.]*$' list || fail "no intensity: $(cat list)"
"$PITH" -lv --json map.bin.pith >list || fail "-lv --json"
grep -q '"scan": {"points": 28800, "lasers": 16, "order": "columns", "is_moving": true, "is_on_lattice": true' list ||
    fail "json: $(cat list)"
"$PITH" -lv "$golden/good-large-fired-level-7.pith" |
    grep -q 'a scanner of 16 lasers in the order of firing, standing: turns of 0.18 degrees, ranges of 4 mm' || fail "no order of firing"
"$PITH" -lv --json "$golden/good-builtin-text-5.pith" | grep -q '"points": null' || fail "no points in text"

# The same records without a hint, with one, and with a wrong one.
tail -c +17 map.bin | head -c 100000 >part
silent "$PITH" -5 --points=xyzi -c part >part.p
"$PITH" -dc part.p | cmp - part || fail "--points"
"$PITH" -lv part.p | grep -q ' points$' || fail "--points does not make points"
silent "$PITH" -5 --points=xyzirt -c map.bin | "$PITH" -dc | cmp - map.bin || fail "a wrong hint"
complains 1 "^pith: --points: no field of points: 'q'" "$PITH" --points=xyq -c part
complains 1 'go with what packs' "$PITH" -d --points=xyz part.p

# A grid: no coordinate is further off than half of it, and the listing says so.
silent "$PITH" -5 --grid=1e-4 -c map.bin >grid.p
"$PITH" -dc grid.p >grid.bin || fail "a grid does not come back"
[ "$(len_of grid.bin)" = "$(len_of map.bin)" ] || fail "length"
if python3 -c '' 2>/dev/null; then
    python3 - <<'END' || fail "what python3 found"
import struct
before, after = (open(name, "rb").read() for name in ("map.bin", "grid.bin"))
n, moved = len(before) // 16, 0
for i in range(n):
    a, b = struct.unpack_from("<4f", before, 16 * i), struct.unpack_from("<4f", after, 16 * i)
    assert a[3] == b[3]
    assert all(abs(x - y) <= 0.00005 for x, y in zip(a, b)), (a, b)
    moved += a != b
assert moved > n // 2, moved
END
fi
silent "$PITH" -5 --grid=xy=10,z=4,i=2e1 -c flight.las >grid.p
"$PITH" -lv grid.p | grep -q '^ *x  *i32  *-  *<= 5 ' || fail "no bound: $("$PITH" -lv grid.p)"
"$PITH" -lv grid.p | grep -q '^ *z  *i32  *-  *<= 2 ' || fail "no bound: $("$PITH" -lv grid.p)"
"$PITH" -lv grid.p | grep -q '^ *i  *u16  *-  *<= 10 ' || fail "no bound: $("$PITH" -lv grid.p)"
"$PITH" -dc grid.p >grid.las || fail "flight"
[ "$(len_of grid.p)" -lt "$(len_of flight.las.pith)" ] || fail "a grid takes more"
# What is on a grid stays there, bit for bit.
silent "$PITH" -5 --grid=xy=10,z=4,i=2e1 -c grid.las | "$PITH" -dc | cmp - grid.las || fail "twice"
text 20000 >t
silent "$PITH" -5 --grid=1e-3 -c t | "$PITH" -dc | cmp - t || fail "text with a grid"
for grid in 0 1e-9 1234 1e q=1 =1 1e-3, x=1,y x=1,x=2 0.1.2 ''; do
    complains 1 '^pith: --grid: ' "$PITH" --grid="$grid" -c t
done
complains 1 'exclude each other' "$PITH" --grid=1 --rm t
complains 1 'not to measure' "$PITH" --grid=1 -b t
complains 1 'exclude -*' "$PITH" --grid=1 --type=u8 -c t

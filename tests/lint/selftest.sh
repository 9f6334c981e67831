#!/bin/bash
# Proves that every rule of lint.sh can fail: a small good tree passes; then one fault at a time is
# put into a copy of it, and lint.sh must name that rule and exit 1.
set -u
lint=$(cd "$(dirname "$0")" && pwd)/lint.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-cc}

good=$work/good
mkdir -p "$good"/{include/pith,src/{base,num,coder,codec/bytes,par,api},cli,docs,cmake}
cat >"$good/include/pith/pith.h" <<'C'
#ifndef PITH_PITH_H
#define PITH_PITH_H
#define PITH_API __attribute__((visibility("default")))
PITH_API const char *pith_version(void);
#endif
C
echo 'int pith_base_one(void);' >"$good/src/base/one.h"
cat >"$good/src/api/version.c" <<'C'
/* Words in comments are free: malloc(1), getenv("X"), exp(2.0). */
#include "base/one.h"
#include <pith/pith.h>
#include <string.h>
const char *pith_version(void)
{
    return strchr("getenv() '\" malloc(", 'g') + pith_base_one();
}
C
printf '#include "base/one.h"\nint pith_base_one(void)\n{\n    return 1;\n}\n' >"$good/src/base/one.c"
echo '#include "base/one.h"' >"$good/src/coder/coder.c"
echo '#include "codec/bytes/bytes.h"' >"$good/src/codec/bytes/bytes.c"
echo 'int pith_bytes(void);' >"$good/src/codec/bytes/bytes.h"
printf '#include "args.h"\n#include <pith/pith.h>\n#include <stdio.h>\n' >"$good/cli/args.c"
echo 'int args(void);' >"$good/cli/args.h"
printf 'PITH_0 {\n    global: pith_*;\n    local: *;\n};\n' >"$good/cmake/libpith.map"

passed=0 failed=0
verdict() # WHETHER WHAT
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL  $2"
        sed 's/^/      /' "$work/log"
    fi
}

build_and_lint() # TREE
{
    (
        cd "$1" || exit 2
        mkdir -p build
        for file in src/*/*.c; do
            [ "$file" = src/par/skipped.c ] && continue
            $cc -std=c11 -fPIC -fvisibility=hidden -Iinclude -Isrc -c "$file" \
                -o "build/$(basename "$file").o" 2>/dev/null || true
        done
        map=cmake/libpith.map
        [ -f build.map ] && map=build.map
        rm -f build/libpith.a
        ar rc build/libpith.a build/*.o
        $cc -shared -Wl,--version-script="$map" -o build/libpith.so build/*.o -lm
        bash "$lint" --root . --static build/libpith.a --shared build/libpith.so
    ) >"$work/log" 2>&1
}

build_and_lint "$good"
verdict $? "a good tree passes"

# expect RULE: the shell lines on stdin, run in a copy of the good tree, must break RULE.
expect()
{
    local tree=$work/bad
    rm -rf "$tree"
    cp -r "$good" "$tree"
    (cd "$tree" && rm -rf build && bash -s) || echo "the fixture itself failed"
    if build_and_lint "$tree"; then
        verdict 1 "passed, but should have failed: $1"
    else
        grep -qF "FAIL  $1" "$work/log"
        verdict $? "failed, but not for: $1"
    fi
}

expect "layers: src includes only downward" <<'SH'
echo '#include "api/api.h"' >>src/base/one.c
SH
expect "layers: src includes only downward" <<'SH'
echo '#include "par/pool.h"' >src/coder/coder.c
SH
expect "layers: src includes only downward" <<'SH'
mkdir src/model; echo '#include "coder/coder.h"' >src/model/model.c
SH
expect "layers: src includes only downward" <<'SH'
mkdir src/extra; echo '#include "base/one.h"' >src/extra/extra.c
SH
expect "layers: src includes only downward" <<'SH'
echo '#include "../base/one.h"' >src/coder/coder.c
SH
expect "layers: cli includes only pith/ and its own headers" <<'SH'
echo '#include "base/one.h"' >>cli/args.c
SH
expect "library reads no environment" <<'SH'
printf '#include <stdlib.h>\nchar *pith_x(void) { return getenv("PITH_CPU"); }\n' >src/api/x.c
SH
expect "wire code allocates nothing" <<'SH'
printf '#include <stdlib.h>\nvoid *pith_x(void) { return malloc (3); }\n' >src/coder/x.c
SH
expect "wire code calls no libm" <<'SH'
printf 'float expf(float);\nfloat pith_x(float x) { return expf(x); }\n' >src/num/x.c
SH
expect "wire code calls no libm" <<'SH'
echo '#include <math.h>' >src/num/x.c
SH
expect "library prints nothing" <<'SH'
printf '#include <stdio.h>\nvoid pith_x(void) { fprintf(stderr, "x"); }\n' >src/api/x.c
SH
expect "library never ends the process" <<'SH'
printf '#include <stdlib.h>\nvoid pith_x(void) { abort(); }\n' >src/api/x.c
SH
expect "no file is longer than 800 lines" <<'SH'
yes '/* line */' | head -801 >src/base/long.h
SH
expect "file names are unique in src and cli" <<'SH'
echo '#include "base/one.h"' >src/coder/one.h
SH
expect "nothing is marked as left to do" <<'SH'
printf 'TO%s: later\n' DO >docs/notes.md
SH
expect "no path of one machine is named" <<'SH'
printf 'see /%s/me/notes\n' home >docs/notes.md
SH
expect "text has no trailing blanks" <<'SH'
printf 'text \n' >docs/notes.md
SH
expect "pith.h compiles alone as strict C99" <<'SH'
sed -i 's/^PITH_API const.*/&\nPITH_API int pith_n(uint64_t n);/' include/pith/pith.h
SH
if command -v "${CXX:-c++}" >/dev/null 2>&1; then
    expect "pith.h compiles alone as strict C++11" <<'SH'
sed -i 's/^PITH_API const.*/&\nPITH_API int pith_n(int new);/' include/pith/pith.h
SH
fi
expect "every function of pith.h is called pith_" <<'SH'
sed -i 's/^PITH_API const.*/&\nPITH_API int n(void);/' include/pith/pith.h
SH
expect "static library: every global symbol is called pith_" <<'SH'
echo 'int helper_value = 3;' >src/base/x.c
SH
expect "static library: takes nothing from outside" <<'SH'
printf 'double tan(double);\n#define SLY tan\ndouble pith_x(double x) { return SLY(x); }\n' >src/api/x.c
SH
expect "shared library: every exported symbol is called pith_" <<'SH'
sed -i 's/pith_\*;/& other;/' cmake/libpith.map
printf '__attribute__((visibility("default"))) int other(void) { return 1; }\n' >src/api/x.c
SH
expect "shared library: every exported symbol has the version" <<'SH'
sed 's/PITH_0/PITH_1/' cmake/libpith.map >build.map
SH
expect "shared library: at most 60 symbols" <<'SH'
for i in $(seq 61); do
    echo "__attribute__((visibility(\"default\"))) int pith_n$i(void) { return 1; }"
done >src/api/x.c
SH
expect "shared library: exactly the functions of pith.h" <<'SH'
printf '__attribute__((visibility("default"))) int pith_secret(void) { return 1; }\n' >src/api/x.c
SH
expect "shared library: exactly the functions of pith.h" <<'SH'
sed -i 's/^PITH_API const.*/&\nPITH_API int pith_absent(void);/' include/pith/pith.h
SH

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

/* Sizes: no level packs worse than it did.  A change that packs better writes its numbers here. */
#define TESTS_NO_BUILTIN

#include "golden/data.h"

#define LEN 8000

struct row {
    const char *name;
    int kind;
    size_t most[PITH_LEVEL_MAX]; /* packed bytes at levels 1, 2, ... */
};

static const struct row rows[] = {
    {"open text", OPEN_TEXT, {1613, 1519, 1502, 1499, 1472, 1309, 1305, 1247, 1211}},
    {"json", JSON, {824, 716, 701, 673, 633, 626, 608, 573, 552}},
    {"csv", CSV, {1808, 1680, 1476, 1458, 1398, 1216, 1210, 1209, 1159}},
    {"records", RECORDS, {1610, 1572, 1512, 1477, 1483, 1469, 1493, 1387, 1368}},
    {"x86", X86_CODE, {2239, 2058, 2026, 2013, 2023, 2012, 2026, 1971, 1951}},
    {"assorted", ASSORTED, {2864, 2675, 2627, 2610, 2518, 2517, 2501, 2513, 2431}},
};

static void no_level_is_worse_than_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes raw = golden_data(rows[i].kind, LEN);

        print_message("%-10s", rows[i].name);
        for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
            pith_options options = make_options(level, 0, 1);
            struct bytes packed;

            options.no_verify = 1;
            packed = compress(raw, &options);
            print_message(" %zu", packed.len);
            CHECK(packed.len <= rows[i].most[level - 1], "%s at level %d: %zu bytes, were %zu",
                  rows[i].name, level, packed.len, rows[i].most[level - 1]);
            free(packed.data);
        }
        print_message("\n");
        free(raw.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_level_is_worse_than_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Each golden archive decodes to its content or is refused as README.md says, in one call and in a
 * stream, and is made again byte for byte. */
#include "golden/golden.h"

#ifndef PITH_TESTS_DIR
#define PITH_TESTS_DIR "tests"
#endif

static struct bytes read_golden(const char *name)
{
    struct bytes bytes = {NULL, 0};
    uint8_t buffer[8192];
    char path[1000];
    FILE *file;

    snprintf(path, sizeof path, "%s/golden/%s.pith", PITH_TESTS_DIR, name);
    file = fopen(path, "rb");
    CHECK(file, "%s: make the golden files with tests/golden/make.sh", path);
    append(&bytes, buffer, fread(buffer, 1, sizeof buffer, file));
    CHECK(bytes.len <= 4096, "%s: over 4096 bytes", path);
    fclose(file);
    return bytes;
}

static void good_ones_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name), raw, content;
        pith_error error = {.status = PITH_OK};
        pith_status status;

        if (goldens[i].expected == PITH_OK) {
            content = goldens[i].content(&goldens[i]);
            status = decompress(&raw, content.len, packed, &error);
            CHECK(status == PITH_OK && is_same(raw, content), "%s: %d %s", goldens[i].name, status,
                  error.text);
            free(raw.data);
            status = stream_decompress(&raw, packed, NULL, (struct steps){1, 999}, &error);
            CHECK(status == PITH_END && is_same(raw, content), "%s: %d %s", goldens[i].name, status,
                  error.text);
            free(raw.data);
            free(content.data);
        }
        free(packed.data);
    }
}

static void others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name), raw;
        pith_error error = {.status = PITH_OK};
        pith_status status, expected = goldens[i].expected;

        if (expected != PITH_OK) {
            status = decompress(&raw, CHUNK_LEN + 1000, packed, &error);
            CHECK(status == expected, "%s: %d %s", goldens[i].name, status, error.text);
            CHECK(error.position <= packed.len, "%s: %s", goldens[i].name, error.text);
            free(raw.data);
            for (size_t step = 1; step <= 4096; step *= 64) {
                status = stream_decompress(&raw, packed, NULL, (struct steps){step, 999}, &error);
                CHECK(status == expected, "%s: %d %s", goldens[i].name, status, error.text);
                free(raw.data);
            }
        }
        free(packed.data);
    }
}

static void encoding_again_gives_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goldens); i++) {
        struct bytes packed = read_golden(goldens[i].name);
        struct bytes again = goldens[i].make(&goldens[i]);

        CHECK(is_same(packed, again), "%s: now %zu bytes, %zu in the file", goldens[i].name,
              again.len, packed.len);
        free(packed.data);
        free(again.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ones_decode),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(encoding_again_gives_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

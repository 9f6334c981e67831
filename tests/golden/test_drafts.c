/* Archives that have no golden files yet come back, and are the same each time. */
#include "golden/drafts.h"

static void drafts_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(drafts); i++) {
        const struct golden *draft = &drafts[i];
        struct bytes packed, again, raw, content;
        pith_error error = {.status = PITH_OK};
        pith_frame_info info;
        pith_status status;

        if (golden_is_large(draft->name) && !getenv("PITH_TEST_FULL"))
            continue;
        packed = draft->make(draft);
        again = draft->make(draft);
        content = draft->content(draft);
        CHECK(is_same(packed, again), "%s: not the same again", draft->name);
        assert_int_equal(pith_peek(&info, packed.data, packed.len, &error), PITH_OK);
        CHECK(info.level == draft->level, "%s: level %d", draft->name, info.level);
        status = decompress(&raw, content.len, packed, &error);
        CHECK(status == PITH_OK && is_same(raw, content), "%s: %d %s", draft->name, status,
              error.text);
        free(raw.data);
        free(content.data);
        free(again.data);
        free(packed.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drafts_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

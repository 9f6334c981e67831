/* Contents that the caller says are arrays: they come back, whether they are or not. */
#define TESTS_NO_BUILTIN
#include "api/cases.h"

#define LEN 8000

static struct bytes make_floats(size_t len)
{
    struct bytes data = make_data(RANDOM, len, 5);

    for (size_t i = 3; i < len; i += 4) /* exponents of float32 near each other */
        data.data[i] = (uint8_t)((data.data[i] & 0x80) | 0x3e);
    return data;
}

static void check(struct bytes raw, const pith_array *array, int level)
{
    pith_options options = make_options(level, CHUNK_LEN, 1);
    struct bytes packed, again;
    pith_error error = {.status = PITH_OK};

    options.array = array;
    packed = compress(raw, &options);
    CHECK(decompress(&again, raw.len, packed, &error) == PITH_OK && is_same(again, raw),
          "%s, %u dimensions, level %d: %s", array->type, array->n_dims, level, error.text);
    free(again.data);
    free(packed.data);
}

static void types_and_shapes_come_back(void **state)
{
    static const char *const types[] = {"u8",  "i8",  "f8",  "bf16", "f16", "f32", "f64",
                                        "u16", "i16", "u32", "i32",  "u64", "i64"};
    const pith_array shapes[] = {
        {.n_dims = 0},
        {.n_dims = 1, .dims = {100}},         /* more follows */
        {.n_dims = 2, .dims = {0, 77}},       /* the last row is cut */
        {.n_dims = 2, .dims = {1000000, 77}}, /* less is there */
        {.n_dims = 2, .dims = {3, UINT64_MAX >> 8}},
        {.n_dims = 8, .dims = {0, 2, 1, 3, 1, 2, 2, 3}},
    };
    struct bytes raw = make_floats(LEN);

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++)
        for (size_t k = 0; k < COUNT(shapes); k++) {
            pith_array array = shapes[k];

            if (array.dims[1] > UINT32_MAX)
                continue;
            array.type = types[i];
            check(raw, &array, 1 + 2 * (int)((i + k) % 3));
            if (k == i % 6)
                check((struct bytes){raw.data, (i * k) % 4}, &array, 5);
        }
    free(raw.data);
}

static void it_is_smaller_for_it(void **state)
{
    struct bytes raw = make_floats(2 * CHUNK_LEN + 1234), packed, plain;
    pith_array array = {.type = "f32", .dims = {0, 64}, .n_dims = 2};
    pith_options options = make_options(5, CHUNK_LEN, 1);

    (void)state;
    plain = compress(raw, &options);
    options.array = &array;
    packed = compress(raw, &options);
    CHECK(packed.len < plain.len, "%zu, as bytes %zu", packed.len, plain.len);
    options.threads = 3;
    free(plain.data);
    plain = stream_compress(raw, &options, (struct steps){1000, 1000});
    CHECK(plain.len + 8 >= packed.len && plain.len <= packed.len, "%zu, in a stream %zu",
          packed.len, plain.len); /* a stream's length is not in its header */
    free(plain.data);
    free(packed.data);
    free(raw.data);
}

static void what_is_none_is_refused(void **state)
{
    static const pith_array wrong[] = {
        {.type = NULL},
        {.type = ""},
        {.type = "f31"},
        {.type = "F32"},
        {.type = "u8", .n_dims = 9},
        {.type = "u8", .n_dims = 2, .dims = {5, 0}},
        {.type = "f64", .n_dims = 3, .dims = {5, UINT64_MAX / 2, 9}},
        {.type = "f64", .n_dims = 2, .dims = {5, UINT64_MAX / 8}},
    };
    pith_encoder *encoder;
    pith_error error;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        pith_options options = make_options(1, 0, 1);

        options.array = &wrong[i];
        assert_int_equal(pith_encoder_create(&encoder, &options, &error), PITH_E_ARGUMENT);
        assert_null(encoder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_shapes_come_back),
        cmocka_unit_test(it_is_smaller_for_it),
        cmocka_unit_test(what_is_none_is_refused),
    };

    return cmocka_run_group_tests_name("arrays", tests, NULL, NULL);
}

/* Files of tensors through the public interface: whole, in pieces, with threads, cut short. */
#include "api/cases.h"

#define N_TENSORS 24

/* The upper half of a float32 is a bfloat16: exponents below 1, of which the first is likeliest. */
static void put_weight(uint8_t *to, size_t width, uint64_t *random)
{
    uint64_t bits = next_random(random), lower = bits >> 40;
    unsigned exponent = 125 - (bits & 1 ? 0 : (unsigned)(bits >> 1 & bits >> 3 & 3));
    unsigned upper = (unsigned)(bits >> 8 & 1) << 15 | exponent << 7 | (unsigned)(bits >> 9 & 127);

    for (size_t i = 0; i < width - 2; i++)
        to[i] = (uint8_t)(lower >> 8 * i);
    to[width - 2] = (uint8_t)upper;
    to[width - 1] = (uint8_t)(upper >> 8);
}

/* A safetensors file of small weights, float32 and bfloat16 in turn. */
static struct bytes make_file(void)
{
    struct bytes file = {get_memory(400000), 0};
    char head[8000] = "{";
    uint64_t random = test_seed(), head_len, at = 0;

    for (unsigned i = 0; i < N_TENSORS; i++) {
        unsigned width = i % 2 ? 2 : 4, rows = 10 + i, columns = 40 + i % 7;

        sprintf(head + strlen(head),
                "%s\"t.%u\":{\"dtype\":\"%s\",\"shape\":[%u,%u],\"data_offsets\":[%u,%u]}",
                i ? "," : "", i, width == 4 ? "F32" : "BF16", rows, columns, (unsigned)at,
                (unsigned)at + width * rows * columns);
        at += width * rows * columns;
    }
    strcat(head, "}");
    head_len = strlen(head);
    for (size_t i = 0; i < 8; i++)
        file.data[i] = (uint8_t)(head_len >> 8 * i);
    memcpy(file.data + 8, head, head_len);
    file.len = 8 + (size_t)head_len + (size_t)at;
    assert_true(file.len <= 400000);
    at = 8 + head_len;
    for (unsigned i = 0; i < N_TENSORS; i++) {
        size_t width = i % 2 ? 2 : 4, n = (size_t)(10 + i) * (40 + i % 7);

        for (size_t k = 0; k < n; k++, at += width)
            put_weight(file.data + at, width, &random);
    }
    return file;
}

static void check_comes_back(struct bytes packed, struct bytes raw)
{
    struct bytes again;
    pith_error error = {.status = PITH_OK};

    CHECK(decompress(&again, raw.len, packed, &error) == PITH_OK, "%s", error.text);
    assert_true(is_same(again, raw));
    free(again.data);
}

static void tensors_are_found(void **state)
{
    struct bytes file = make_file(), other = {get_memory(file.len), file.len};

    (void)state;
    memcpy(other.data, file.data, file.len);
    other.data[8] = '['; /* no such file */
    for (int level = PITH_LEVEL_MIN; level <= PITH_LEVEL_MAX; level++) {
        pith_options options = make_options(level, 0, 1);
        struct bytes packed = compress(file, &options), as_bytes;

        check_comes_back(packed, file);
        if (level == 5) {
            as_bytes = compress(other, &options);
            CHECK(packed.len < as_bytes.len, "%zu, as bytes %zu", packed.len, as_bytes.len);
            free(as_bytes.data);
        }
        free(packed.data);
    }
    free(other.data);
    free(file.data);
}

static void threads_and_pieces_change_nothing(void **state)
{
    struct bytes file = make_file();
    pith_options options = make_options(5, CHUNK_LEN, 1);
    struct bytes one = stream_compress(file, &options, (struct steps){file.len, file.len});

    (void)state;
    options.threads = 3;
    for (size_t piece = 5; piece < 100000; piece = piece * 7 + 3) {
        struct bytes many = stream_compress(file, &options, (struct steps){piece, piece + 40});

        assert_true(is_same(one, many));
        free(many.data);
    }
    check_comes_back(one, file);
    free(one.data);
    free(file.data);
}

/* Numbers of which there are few, in an order that repeats: contexts of bytes are better off with them. */
static void repeated_numbers_are_bytes(void **state)
{
    struct bytes file = {get_memory(100000), 0}, packed;
    pith_options options = make_options(5, 0, 1);
    const char *head = "{\"a\":{\"dtype\":\"F32\",\"shape\":[20000],\"data_offsets\":[0,80000]}}";
    uint64_t random = test_seed();

    (void)state;
    memset(file.data, 0, 100000);
    file.data[0] = (uint8_t)strlen(head);
    memcpy(file.data + 8, head, strlen(head));
    file.len = 8 + strlen(head) + 80000;
    for (size_t i = 8 + strlen(head); i < file.len; i += 4)
        if (i < 3000)
            fill_random(file.data + i, 4, &random);
        else
            memcpy(file.data + i, file.data + i - 2400, 4);
    packed = compress(file, &options);
    CHECK(packed.len < 5000, "%zu bytes", packed.len);
    check_comes_back(packed, file);
    free(packed.data);
    free(file.data);
}

/* However short: compress() has no more room than the bound. */
static void short_files_keep_the_bound(void **state)
{
    static const char head[] =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
        "\"b\":{\"dtype\":\"F16\",\"shape\":[900],\"data_offsets\":[2,1802]}}";
    struct bytes file = make_data(RANDOM, 8 + sizeof head - 1 + 1802, 3);

    (void)state;
    memset(file.data, 0, 8);
    file.data[0] = (uint8_t)(sizeof head - 1);
    memcpy(file.data + 8, head, sizeof head - 1);
    for (int level = 1; level <= 5; level += 4)
        for (size_t len = sizeof head; len <= file.len; len = len * 3 / 2 + 1) {
            struct bytes raw = {file.data, len};
            pith_options options = make_options(level, 0, 1);
            struct bytes packed = compress(raw, &options);

            check_comes_back(packed, raw);
            free(packed.data);
        }
    free(file.data);
}

/* What is stated for a length holds for tensors too. */
static void stated_memory_is_enough(void **state)
{
    struct bytes file = make_file();

    (void)state;
    for (int level = 1; level <= 4; level += 3)
        for (size_t len = 1700; len <= file.len; len = len * 5 / 2) {
            struct bytes raw = {file.data, len}, packed, again;
            pith_options options = make_options(level, 0, 1);
            pith_error error = {.status = PITH_OK};

            options.memory_limit = pith_encode_need(level, len, 0);
            packed = compress(raw, &options);
            options.memory_limit = pith_decode_need(level, len, 0);
            CHECK(stream_decompress(&again, packed, &options, (struct steps){999, 999}, &error) ==
                      PITH_END,
                  "level %d, %zu bytes: %s", level, len, error.text);
            free(again.data);
            free(packed.data);
        }
    free(file.data);
}

static int read_at(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct bytes *archive = opaque;

    assert_true(offset <= archive->len && len <= archive->len - offset);
    memcpy(buffer, archive->data + offset, len);
    return 0;
}

struct seen {
    pith_reader *reader;
    struct bytes file;
    uint64_t end, packed_len;
    unsigned n, n_wanted;
};

/* Each tensor is read by itself. */
static int check_tensor(void *opaque, const pith_tensor_info *tensor)
{
    struct seen *seen = opaque;
    char name[16];
    uint8_t *bytes = get_memory((size_t)tensor->len);
    size_t got;

    sprintf(name, "t.%u", seen->n);
    assert_true(tensor->name_len == strlen(name) &&
                memcmp(tensor->name, name, tensor->name_len) == 0);
    assert_string_equal(tensor->dtype, seen->n % 2 ? "BF16" : "F32");
    assert_true(tensor->n_dims == 2 && tensor->dims[0] == 10 + seen->n);
    assert_true(tensor->len == tensor->dims[0] * tensor->dims[1] * (seen->n % 2 ? 2 : 4));
    assert_true(seen->n == 0 || tensor->offset == seen->end);
    assert_int_equal(
        pith_reader_read(seen->reader, bytes, (size_t)tensor->len, &got, tensor->offset, NULL),
        PITH_OK);
    assert_true(got == tensor->len);
    assert_memory_equal(bytes, seen->file.data + tensor->offset, got);
    free(bytes);
    seen->end = tensor->offset + tensor->len;
    seen->packed_len += tensor->packed_len;
    return ++seen->n == seen->n_wanted;
}

static void tensors_are_listed(void **state)
{
    struct bytes file = make_file(), text = {file.data + 1, 1000};
    pith_options options = make_options(1, CHUNK_LEN, 1);

    (void)state;
    for (int with_text = 0; with_text < 2; with_text++) {
        struct bytes packed = compress(with_text ? text : file, &options);
        struct seen seen = {.file = file, .n_wanted = N_TENSORS + 1};
        pith_error error;

        assert_int_equal(
            pith_reader_create(&seen.reader, read_at, &packed, packed.len, NULL, &error), PITH_OK);
        if (with_text) {
            assert_int_equal(pith_reader_tensors(seen.reader, check_tensor, &seen, &error),
                             PITH_E_FORMAT);
            assert_int_equal(seen.n, 0);
        } else {
            assert_int_equal(pith_reader_tensors(seen.reader, check_tensor, &seen, &error),
                             PITH_OK);
            assert_int_equal(seen.n, N_TENSORS);
            assert_true(seen.packed_len <= packed.len && seen.packed_len * 10 > packed.len * 9);
            seen.n = 0;
            seen.n_wanted = 3;
            assert_int_equal(pith_reader_tensors(seen.reader, check_tensor, &seen, &error),
                             PITH_E_CANCELLED);
            assert_int_equal(pith_reader_tensors(seen.reader, NULL, &seen, &error),
                             PITH_E_ARGUMENT);
            assert_int_equal(pith_reader_tensors(NULL, check_tensor, &seen, &error),
                             PITH_E_ARGUMENT);
        }
        pith_reader_destroy(seen.reader);
        free(packed.data);
    }
    free(file.data);
}

static int count_tensor(void *opaque, const pith_tensor_info *tensor)
{
    unsigned *n = opaque;

    assert_true(tensor->packed_len == 0 && tensor->len > 0);
    return ++*n == 20; /* enough */
}

static void plain_files_are_listed(void **state)
{
    struct bytes file = make_file(), text = make_data(TEXT, 3000, 1);
    unsigned n = 0;

    (void)state;
    assert_int_equal(pith_list_tensors(read_at, &file, file.len, NULL, count_tensor, &n, NULL),
                     PITH_E_CANCELLED);
    assert_int_equal(n, 20);
    n = 100;
    assert_int_equal(pith_list_tensors(read_at, &file, file.len, NULL, count_tensor, &n, NULL),
                     PITH_OK);
    assert_int_equal(n, 100 + N_TENSORS);
    assert_int_equal(pith_list_tensors(read_at, &text, text.len, NULL, count_tensor, &n, NULL),
                     PITH_E_FORMAT);
    assert_int_equal(pith_list_tensors(NULL, &text, text.len, NULL, count_tensor, &n, NULL),
                     PITH_E_ARGUMENT);
    free(text.data);
    free(file.data);
}

static void files_may_be_cut_short(void **state)
{
    struct bytes file = make_file();
    pith_options options = make_options(5, 0, 1);

    (void)state;
    for (size_t len = 0; len < file.len; len += len < 20 ? 1 : 31013) {
        struct bytes raw = {file.data, len}, packed = compress(raw, &options);

        check_comes_back(packed, raw);
        free(packed.data);
    }
    free(file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_found),
        cmocka_unit_test(threads_and_pieces_change_nothing),
        cmocka_unit_test(repeated_numbers_are_bytes),
        cmocka_unit_test(short_files_keep_the_bound),
        cmocka_unit_test(stated_memory_is_enough),
        cmocka_unit_test(tensors_are_listed),
        cmocka_unit_test(plain_files_are_listed),
        cmocka_unit_test(files_may_be_cut_short),
    };

    return cmocka_run_group_tests_name("tensors", tests, NULL, NULL);
}

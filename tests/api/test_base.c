/* Tensors coded against a base: they come back with it and not without, whatever differs. */
#define TESTS_NO_BUILTIN
#include "api/cases.h"

#include <xxhash.h>

#define FILE_CAP 400000

struct form {
    const char *dtype;
    size_t width;
};

static const struct form forms[] = {
    {"F32", 4}, {"BF16", 2}, {"F16", 2}, {"F8_E4M3", 1}, {"F64", 8},
    {"I32", 4}, {"U8", 1},   {"I16", 2}, {"I8", 1},      {"I64", 8},
};

#define N_TENSORS (2 * COUNT(forms))

/* How a file is made. */
struct recipe {
    const char *prefix;     /* of names */
    const char *metadata;   /* makes heads differ */
    uint64_t values, steps; /* seeds; steps: of how elements move from there, 0 = they do not */
    unsigned one_in;        /* elements that move, at most */
    unsigned more_rows;     /* of every fifth tensor */
    unsigned is_reversed;
};

static const struct recipe before = {"t", "", 1, 0, 1, 0, 0};

static unsigned rows_of(const struct recipe *recipe, size_t i)
{
    return (i < COUNT(forms) ? 3 : 14) + (unsigned)i % 3 + (i % 5 == 4 ? recipe->more_rows : 0);
}

static void put_elements(uint8_t *to, size_t i, size_t n, const struct recipe *recipe)
{
    const struct form *form = &forms[i % COUNT(forms)];
    uint64_t values = test_seed() ^ (recipe->values << 32) ^ i;
    uint64_t steps = test_seed() ^ (recipe->steps << 24) ^ i;

    for (size_t k = 0; k < n; k++) {
        uint64_t bits = next_random(&values), step = next_random(&steps);

        /* most exponents near each other, and any pattern of bits now and then */
        if (bits % 16 > 0 && form->dtype[0] != 'U' && form->dtype[0] != 'I')
            bits = (bits & ~(0x3full << (8 * form->width - 7))) |
                   ((0x1full - (bits >> 60 & 3)) << (8 * form->width - 7));
        if (recipe->steps && step % recipe->one_in == 0)
            bits += (step >> 40) % 5 - 2;
        for (size_t b = 0; b < form->width; b++)
            to[k * form->width + b] = (uint8_t)(bits >> 8 * b);
    }
}

static struct bytes make_file(const struct recipe *recipe)
{
    struct bytes file = {get_memory(FILE_CAP), 0};
    static char head[8000];
    size_t at = 0, len, starts[N_TENSORS];

    len = (size_t)sprintf(head, "{\"__metadata__\":{\"of\":\"%s\"}", recipe->metadata);
    for (size_t k = 0; k < N_TENSORS; k++) {
        size_t i = recipe->is_reversed ? N_TENSORS - 1 - k : k;
        unsigned rows = rows_of(recipe, i);
        size_t size = forms[i % COUNT(forms)].width * rows * 50;

        starts[i] = at;
        len += (size_t)sprintf(
            head + len,
            ",\"%s.%zu\":{\"dtype\":\"%s\",\"shape\":[%u,50],\"data_offsets\":[%zu,%zu]}",
            recipe->prefix, i, forms[i % COUNT(forms)].dtype, rows, at, at + size);
        at += size;
    }
    len += (size_t)sprintf(head + len, "}");
    for (size_t i = 0; i < 8; i++)
        file.data[i] = (uint8_t)((uint64_t)len >> 8 * i);
    memcpy(file.data + 8, head, len);
    file.len = 8 + len + at;
    assert_true(file.len <= FILE_CAP);
    for (size_t i = 0; i < N_TENSORS; i++)
        put_elements(file.data + 8 + len + starts[i], i, rows_of(recipe, i) * 50u, recipe);
    return file;
}

/* A file that can fail. */
struct disk {
    struct bytes file;
    unsigned n_left; /* reads until one fails */
};

static int read_at(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    struct disk *disk = opaque;

    if (disk->n_left == 0)
        return 1;
    disk->n_left--;
    assert_true(offset <= disk->file.len && len <= disk->file.len - offset);
    memcpy(buffer, disk->file.data + offset, len);
    return 0;
}

static pith_base *open_base(struct disk *disk)
{
    pith_base *base;
    pith_error error = {.status = PITH_OK};

    disk->n_left = UINT32_MAX;
    CHECK(pith_base_open(&base, read_at, disk, disk->file.len, NULL, &error) == PITH_OK, "%s",
          error.text);
    return base;
}

static pith_status decode(struct bytes packed, struct bytes truth, const pith_base *base,
                          pith_error *error)
{
    pith_options options = {.struct_size = sizeof options, .base = base};
    struct bytes again = {get_memory(truth.len), 0};
    pith_status status = pith_decompress(again.data, truth.len, &again.len, packed.data, packed.len,
                                         &options, error);

    if (status == PITH_OK)
        assert_true(is_same(again, truth));
    free(again.data);
    return status;
}

static void check_stream(struct bytes packed, struct bytes truth, const pith_base *base)
{
    pith_options options = {.struct_size = sizeof options, .base = base, .threads = 3};
    pith_error error = {.status = PITH_OK};
    struct bytes again;

    CHECK(stream_decompress(&again, packed, &options, (struct steps){777, 5000}, &error) ==
              PITH_END,
          "%s", error.text);
    assert_true(is_same(again, truth));
    free(again.data);
}

static void whatever_differs_comes_back(void **state)
{
    static const struct recipe recipes[] = {
        {"t", "", 1, 0, 1, 0, 0},       /* nothing */
        {"t", "", 1, 2, 1, 0, 0},       /* all a little */
        {"t", "longer", 1, 2, 9, 0, 0}, /* few elements, and the head */
        {"t", "", 1, 2, 3, 0, 1},       /* and the order */
        {"t", "", 1, 2, 3, 2, 0},       /* and some shapes */
        {"t", "", 7, 0, 1, 0, 0},       /* all: tensors of the same names have nothing in common */
        {"u", "", 1, 0, 1, 0, 0},       /* names: it has no base */
    };
    struct disk disk = {make_file(&before), 0};
    pith_base *base = open_base(&disk);

    (void)state;
    for (size_t i = 0; i < COUNT(recipes); i++)
        for (int level = i % 2 ? 1 : 3; level <= (i % 3 ? 5 : 8); level += i % 2 ? 4 : 2) {
            struct bytes file = make_file(&recipes[i]), alone, packed;
            pith_options options = make_options(level, CHUNK_LEN, 1 + (unsigned)i % 2);
            pith_error error = {.status = PITH_OK};
            pith_status expected = i < 5 ? PITH_E_BASE : PITH_OK;

            alone = compress(file, &options);
            options.base = base;
            packed = compress(file, &options);
            CHECK(decode(packed, file, base, &error) == PITH_OK, "%zu: %s", i, error.text);
            check_stream(packed, file, base);
            if (i != 5) /* there chunks name the base all the same */
                CHECK(decode(packed, file, NULL, &error) == expected, "%zu: %s", i, error.text);
            if (i < 5)
                CHECK(packed.len < alone.len / (i == 0 ? 10 : 2) + alone.len / (i == 4 ? 5 : 20),
                      "%zu, level %d: %zu bytes, alone %zu", i, level, packed.len, alone.len);
            CHECK(packed.len < alone.len + alone.len / 32 + 300,
                  "%zu, level %d: %zu bytes, alone %zu", i, level, packed.len, alone.len);
            free(packed.data);
            free(alone.data);
            free(file.data);
        }
    pith_base_close(base);
    free(disk.file.data);
}

static void only_the_same_base_will_do(void **state)
{
    struct recipe after = {"t", "", 1, 2, 3, 0, 0}, other = {"t", "", 1, 3, 900, 0, 0};
    struct disk disks[2] = {{make_file(&before), 0}, {make_file(&other), 0}};
    pith_base *bases[2] = {open_base(&disks[0]), open_base(&disks[1])};
    pith_options options = make_options(5, 0, 1);
    struct bytes file = make_file(&after), packed;
    unsigned char id[PITH_BASE_ID_LEN];
    char text[2 * PITH_BASE_ID_LEN + 1];
    XXH128_canonical_t hash;
    pith_error error = {.status = PITH_OK};

    (void)state;
    options.base = bases[0];
    packed = compress(file, &options);
    pith_base_id(bases[0], id);
    XXH128_canonicalFromHash(&hash, XXH3_128bits(disks[0].file.data, disks[0].file.len));
    assert_memory_equal(id, hash.digest, sizeof id);
    for (size_t i = 0; i < sizeof id; i++)
        sprintf(text + 2 * i, "%02x", id[i]);
    assert_int_equal(decode(packed, file, NULL, &error), PITH_E_BASE);
    assert_non_null(strstr(error.text, text));
    assert_int_equal(decode(packed, file, bases[1], &error), PITH_E_BASE);
    assert_non_null(strstr(error.text, text));
    assert_int_equal(decode(packed, file, bases[0], &error), PITH_OK);
    for (size_t i = 0; i < 2; i++) {
        pith_base_close(bases[i]);
        free(disks[i].file.data);
    }
    free(packed.data);
    free(file.data);
}

struct archive {
    struct bytes packed;
    unsigned n_with_base;
};

static int read_archive(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    struct archive *archive = opaque;

    assert_true(offset <= archive->packed.len && len <= archive->packed.len - offset);
    memcpy(buffer, archive->packed.data + offset, len);
    return 0;
}

static int count_base(void *opaque, const pith_chunk_info *chunk)
{
    struct archive *archive = opaque;

    archive->n_with_base += chunk->has_base != 0;
    return 0;
}

static void parts_are_read_with_it(void **state)
{
    struct recipe after = {"t", "more", 1, 2, 3, 0, 1};
    struct disk disk = {make_file(&before), 0};
    pith_base *base = open_base(&disk);
    pith_options options = make_options(3, CHUNK_LEN, 1);
    struct bytes file = make_file(&after);
    struct archive archive = {.n_with_base = 0};
    pith_archive_info info;
    pith_salvage_info salvaged;
    pith_reader *reader;
    uint8_t part[5000];
    size_t got;

    (void)state;
    options.base = base;
    archive.packed = compress(file, &options);
    assert_int_equal(
        pith_list(&info, read_archive, &archive, archive.packed.len, count_base, &archive, NULL),
        PITH_OK);
    assert_true(archive.n_with_base > 0 && archive.n_with_base < info.chunks);
    options = (pith_options){.struct_size = sizeof options, .base = base};
    assert_int_equal(
        pith_reader_create(&reader, read_archive, &archive, archive.packed.len, &options, NULL),
        PITH_OK);
    for (size_t at = 0; at + sizeof part < file.len; at += 9001) {
        assert_int_equal(pith_reader_read(reader, part, sizeof part, &got, at, NULL), PITH_OK);
        assert_memory_equal(part, file.data + at, got);
    }
    pith_reader_destroy(reader);
    assert_int_equal(pith_salvage(&salvaged, read_archive, &archive, archive.packed.len, &options,
                                  NULL, NULL, NULL),
                     PITH_OK);
    assert_true(salvaged.raw_found == file.len && salvaged.raw_lost == 0);
    pith_base_close(base);
    free(archive.packed.data);
    free(disk.file.data);
    free(file.data);
}

static void failed_reads_are_told(void **state)
{
    struct recipe after = {"t", "", 1, 2, 3, 0, 0};
    struct disk disk = {make_file(&before), 0};
    pith_options options = make_options(1, 0, 1);
    struct bytes file = make_file(&after), packed;
    size_t cap = pith_compress_bound(file.len);
    pith_error error = {.status = PITH_OK};
    pith_base *base;

    (void)state;
    for (unsigned n = 0; n < 3; n++) {
        disk.n_left = n;
        assert_int_equal(pith_base_open(&base, read_at, &disk, disk.file.len, NULL, &error),
                         PITH_E_IO);
        assert_null(base);
    }
    base = open_base(&disk);
    options.base = base;
    packed = compress(file, &options);
    disk.n_left = 1;
    assert_int_equal(decode(packed, file, base, &error), PITH_E_IO);
    disk.n_left = 1;
    assert_int_equal(pith_compress(packed.data = realloc(packed.data, cap), cap, &packed.len,
                                   file.data, file.len, &options, &error),
                     PITH_E_IO);
    pith_base_close(base);
    free(packed.data);
    free(disk.file.data);
    free(file.data);
}

static int stop(void *opaque, uint64_t raw_done, uint64_t packed_done)
{
    (void)opaque;
    (void)packed_done;
    return raw_done > 0;
}

/* A base that is shorter than it says: what lies behind its end is not compared with. */
static void check_cut(struct bytes file)
{
    for (size_t len = file.len - 1; len > file.len / 2; len -= file.len / 5) {
        struct disk cut = {{file.data, len}, 0};
        pith_base *base = open_base(&cut);
        pith_options options = make_options(3, CHUNK_LEN, 1);
        pith_error error = {.status = PITH_OK};
        struct bytes packed;

        options.base = base;
        packed = compress(file, &options);
        CHECK(decode(packed, file, base, &error) == PITH_OK, "%zu bytes: %s", len, error.text);
        free(packed.data);
        pith_base_close(base);
    }
}

static void what_is_no_base_is_refused(void **state)
{
    struct disk disk = {make_file(&before), UINT32_MAX}, text = {make_data(TEXT, 5000, 1), 0};
    pith_options options = {.struct_size = sizeof options, .progress = stop};
    pith_base *base;

    (void)state;
    assert_int_equal(pith_base_open(&base, read_at, &disk, disk.file.len, &options, NULL),
                     PITH_E_CANCELLED);
    options.progress = NULL;
    options.memory_limit = 100;
    assert_int_equal(pith_base_open(&base, read_at, &disk, disk.file.len, &options, NULL),
                     PITH_E_MEMORY_LIMIT);
    text.n_left = UINT32_MAX;
    for (size_t len = 0; len <= 5000; len += 2500)
        assert_int_equal(pith_base_open(&base, read_at, &text, len, NULL, NULL), PITH_E_FORMAT);
    assert_int_equal(pith_base_open(&base, NULL, &disk, 1, NULL, NULL), PITH_E_ARGUMENT);
    assert_int_equal(pith_base_open(NULL, read_at, &disk, 1, NULL, NULL), PITH_E_ARGUMENT);
    pith_base_close(NULL);
    options.memory_limit = 0;
    check_cut(disk.file);
    free(text.file.data);
    free(disk.file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_differs_comes_back), cmocka_unit_test(only_the_same_base_will_do),
        cmocka_unit_test(parts_are_read_with_it),      cmocka_unit_test(failed_reads_are_told),
        cmocka_unit_test(what_is_no_base_is_refused),
    };

    return cmocka_run_group_tests_name("bases", tests, NULL, NULL);
}

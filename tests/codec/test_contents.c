/* Heads of tensor files: what they list, what is refused, and how files are split into chunks. */
#include "support/testing.h"

#include <stdarg.h>

#include "base/bytes.h"
#include "codec/tensor/split.h"

#define ENTRIES_MAX 64

static struct pith_tensor_entry entries[ENTRIES_MAX];
static uint8_t head[8192];

/* A head with this text as its object. */
static size_t make_head(const char *text)
{
    size_t len = strlen(text);

    pith_store_le64(head, len);
    memcpy(head + 8, text, len);
    return 8 + len;
}

static size_t list(const char *text)
{
    return pith_tensor_list(entries, ENTRIES_MAX, PITH_TENSOR_SAFETENSORS, head, make_head(text),
                            0);
}

static int is_head(const char *text)
{
    size_t len;
    uint64_t need;

    memset(head, 0, sizeof head);
    len = make_head(text);
    return pith_tensor_find_head(head, len > 10 ? len : 10, &need) == PITH_TENSOR_SAFETENSORS &&
           need == len;
}

static void heads_are_told_apart(void **state)
{
    static const char *const no_heads[] = {"", "[]", "}", "{]", "x{}"};
    uint64_t need;

    (void)state;
    assert_true(is_head("{\"a\":{}}"));
    assert_true(is_head("{ }     "));
    for (size_t i = 0; i < COUNT(no_heads); i++)
        CHECK(!is_head(no_heads[i]), "%s", no_heads[i]);
    (void)make_head("{\"a\":{}}");
    assert_true(pith_tensor_find_head(head, 3, &need) == PITH_TENSOR_SAFETENSORS && need == 10);
    pith_store_le64(head, ((uint64_t)100 << 20) + 1);
    assert_true(pith_tensor_find_head(head, 20, &need) == PITH_TENSOR_NO_FORMAT);
}

static void arrays_are_listed(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        enum pith_tensor_type type;
        uint64_t dims[4];
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }\n",
         1,
         PITH_TENSOR_F32,
         {3, 4, 1, 1}},
        {"{'shape': (7,), 'fortran_order': False, 'descr': '|u1'}",
         1,
         PITH_TENSOR_U8,
         {7, 1, 1, 1}},
        {"{'descr': '<u8', 'fortran_order': True, 'shape': (3, 4)}",
         1,
         PITH_TENSOR_I64,
         {4, 3, 1, 1}},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': ()}", 1, PITH_TENSOR_F16, {1, 1, 1, 1}},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (2,3,4,5,6)}",
         1,
         PITH_TENSOR_F16,
         {2, 3, 4, 30}},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (2,0)}", 0, PITH_TENSOR_F16, {0}},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (3, 4)}", 0, PITH_TENSOR_F32, {0}},
        {"{'descr': [('a','<f4')], 'fortran_order': False, 'shape': (3, 4)}",
         0,
         PITH_TENSOR_F32,
         {0}},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4", 0, PITH_TENSOR_F32, {0}},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 2)}",
         0,
         PITH_TENSOR_F32,
         {0}},
        {"{'descr': '<f4', 'shape': (3, 4)}", 0, PITH_TENSOR_F32, {0}},
        {"", 0, PITH_TENSOR_F32, {0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].text), width = i % 2 ? 4 : 2;
        uint64_t need;

        memset(head, 0, sizeof head);
        memcpy(head, i % 2 ? "\x93NUMPY\2" : "\x93NUMPY\1", 8);
        pith_store_le(head + 8, len, width);
        memcpy(head + 8 + width, cases[i].text, len);
        assert_true(pith_tensor_find_head(head, 12, &need) == PITH_TENSOR_NPY);
        assert_true(need == 8 + width + len);
        CHECK(pith_tensor_list(entries, 2, PITH_TENSOR_NPY, head, (size_t)need, 0) == cases[i].n,
              "%s", cases[i].text);
        if (cases[i].n == 0)
            continue;
        CHECK(entries[0].type == cases[i].type && entries[0].start == need, "%s", cases[i].text);
        CHECK(memcmp(entries[0].dims, cases[i].dims, sizeof cases[i].dims) == 0, "%s",
              cases[i].text);
    }
}

static size_t put_string(size_t at, const char *text)
{
    pith_store_le64(head + at, strlen(text));
    memcpy(head + at + 8, text, strlen(text));
    return at + 8 + strlen(text);
}

static size_t put_number(size_t at, uint64_t number, size_t len)
{
    pith_store_le(head + at, number, len);
    return at + len;
}

static size_t put_tensor(size_t at, const char *name, uint64_t d0, uint64_t d1, uint32_t type,
                         uint64_t start)
{
    at = put_number(put_string(at, name), 2, 4);
    at = put_number(put_number(at, d0, 8), d1, 8);
    return put_number(put_number(at, type, 4), start, 8);
}

/* Pairs of each kind and three tensors. */
static size_t make_gguf(uint32_t alignment)
{
    size_t at = 4;

    memset(head, 0, sizeof head);
    memcpy(head, "GGUF", 4);
    at = put_number(put_number(put_number(at, 3, 4), 3, 8), 4, 8);
    at = put_string(put_number(put_string(at, "general.name"), 8, 4), "a model");
    at = put_number(put_number(put_string(at, "general.alignment"), 4, 4), alignment, 4);
    at = put_number(put_number(put_number(put_string(at, "words"), 9, 4), 8, 4), 2, 8);
    at = put_string(put_string(at, "one"), "two");
    at = put_number(put_number(put_number(put_string(at, "rates"), 9, 4), 6, 4), 3, 8) + 12;
    at = put_tensor(at, "q8", 64, 5, 8, 0);
    at = put_tensor(at, "f16", 10, 3, 1, 384);
    return put_tensor(at, "unknown", 10, 3, 99, 512);
}

static void blocks_are_listed(void **state)
{
    size_t len = make_gguf(64);
    uint64_t need, start = (len + 63) / 64 * 64;

    (void)state;
    for (size_t n = 0; n < len; n++)
        CHECK(pith_tensor_find_head(head, n, &need) == PITH_TENSOR_GGUF && need > n, "%zu", n);
    assert_true(pith_tensor_find_head(head, len, &need) == PITH_TENSOR_GGUF && need == start);
    assert_int_equal(pith_tensor_list(entries, 3, PITH_TENSOR_GGUF, head, (size_t)need, 0), 2);
    assert_true(entries[0].start == start && entries[0].len == 340);
    assert_true(entries[0].type == PITH_TENSOR_U8 && entries[0].dims[0] == 5);
    assert_true(entries[0].dims[1] == 2 && entries[0].dims[2] == 34);
    assert_true(entries[1].start == start + 384 && entries[1].type == PITH_TENSOR_F16);
    assert_true(entries[1].dims[0] == 3 && entries[1].dims[1] == 10);
    for (size_t i = 4; i < 2 * len; i++) {
        uint8_t was = head[i / 2];

        head[i / 2] = i % 2 ? 0 : was ^ 0x81; /* anything but a crash */
        if (pith_tensor_find_head(head, len, &need) == PITH_TENSOR_GGUF && need <= sizeof head)
            (void)pith_tensor_list(entries, ENTRIES_MAX, PITH_TENSOR_GGUF, head, (size_t)need, 0);
        head[i / 2] = was;
    }
    len = make_gguf(48);
    assert_true(pith_tensor_find_head(head, len, &need) != PITH_TENSOR_GGUF);
}

static void tensors_are_listed(void **state)
{
    size_t n = list("{\"__metadata__\":{\"format\":\"pt\",\"x\":[[],{\"y\":null}]},\n"
                    "\"b\\\"\" : {\"shape\":[2,3],\"data_offsets\":[24,48],\"dtype\":\"F32\"},"
                    "\"a\":{\"dtype\":\"F16\",\"shape\":[12],\"data_offsets\":[0,24],\"more\":1},"
                    "\"none\":{\"dtype\":\"F32\",\"shape\":[0,5],\"data_offsets\":[48,48]},"
                    "\"five\":{\"dtype\":\"I8\",\"shape\":[1,2,3,4,5],\"data_offsets\":[50,170]},"
                    "\"scalar\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[170,178]}}  ");
    uint64_t len = pith_load_le64(head) + 8;

    (void)state;
    assert_int_equal(n, 4);
    assert_true(entries[0].start == len && entries[0].len == 24 && entries[0].dims[0] == 12);
    assert_int_equal(entries[0].type, PITH_TENSOR_F16);
    assert_true(entries[0].name_len == 1 && entries[0].name[0] == 'a');
    assert_true(entries[1].start == len + 24 && entries[1].dims[0] == 2 && entries[1].dims[1] == 3);
    assert_true(entries[1].name_len == 3 && memcmp(entries[1].name, "b\\\"", 3) == 0);
    assert_true(entries[2].start == len + 50 && entries[2].type == PITH_TENSOR_I8);
    assert_true(entries[2].dims[0] == 2 && entries[2].dims[2] == 20 && entries[2].dims[3] == 1);
    assert_true(entries[3].type == PITH_TENSOR_F64 && entries[3].dims[0] == 1);
}

static void the_last_shape_counts(void **state)
{
    (void)state;
    assert_int_equal(
        list("{\"a\":{\"dtype\":\"F16\",\"shape\":[7,9],\"shape\":[],\"data_offsets\":[0,2]}}"), 1);
    assert_true(entries[0].n_shape == 0 && entries[0].dims[0] == 1);
}

/* Where type and shape do not give the length, or the type is not known, there are just bytes. */
static void disagreement_makes_bytes(void **state)
{
    static const char *const kinds[] = {
        "\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]",
        "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]",
        "\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,9]",
        "\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,8]",
        "\"dtype\":\"F16\",\"shape\":[9007199254740991,9007199254740991,2],\"data_offsets\":[0,8]",
        "\"dtype\":\"F16\",\"shape\":[1,1,1,4503599627370496,4503599627370496],"
        "\"data_offsets\":[0,8]",
    };
    char text[200];

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        snprintf(text, sizeof text, "{\"a\":{%s}}", kinds[i]);
        CHECK(list(text) == 1, "%s", text);
        CHECK(entries[0].type == PITH_TENSOR_U8 && entries[0].dims[3] == entries[0].len, "%s",
              text);
    }
}

static void overlaps_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(list("{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]},"
                          "\"b\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[8,17]},"
                          "\"c\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[9,18]}}"),
                     2);
    assert_true(entries[1].start - entries[0].start == 9);
}

static void broken_heads_list_nothing(void **state)
{
    static const char good[] =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,2],\"data_offsets\":[0,2]},\"__metadata__\":{}}";
    static const char *const broken[] = {
        "{}",
        "{\"a\":[]}",
        "{\"a\":{\"data_offsets\":[4,2]}}",
        "{\"a\":{\"data_offsets\":[0]}}",
        "{\"a\":{\"data_offsets\":[0,-1]}}",
        "{\"a\":{\"data_offsets\":[0,1.5]}}",
        "{\"a\":{\"data_offsets\":[0,9007199254740992]}}",
        "{\"a\":{\"shape\":[1,],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"x\":}}",
        "{\"a\n\":{\"data_offsets\":[0,1]}}",
        "{\"a\":{\"data_offsets\":[0,1]},}",
    };
    char text[400];

    (void)state;
    assert_int_equal(list(good), 1);
    for (size_t len = 0; len + 1 < sizeof good; len++) {
        memcpy(text, good, len);
        text[len] = '\0';
        CHECK(list(text) == 0, "%s", text);
    }
    for (size_t i = 0; i < COUNT(broken); i++)
        CHECK(list(broken[i]) == 0, "%s", broken[i]);
    strcpy(text, "{\"a\":{\"x\":");
    for (size_t i = 0; i < 100; i++)
        strcat(text, "[");
    assert_int_equal(list(text), 0);
}

struct chunks {
    struct pith_tensor_run runs[PITH_TENSOR_RUNS_MAX];
    struct pith_tensor_layout layout;
    struct pith_memory memory;
    struct pith_split split;
};

/* Ends the chunk being filled, which the head has bytes for if it needs them, and returns its length. */
static uint64_t next_chunk(struct chunks *c)
{
    int ends = c->split.state == PITH_SPLIT_TENSORS;

    while (!ends)
        assert_int_equal(
            pith_split_ends(&c->split, &ends, head, (size_t)c->split.limit, &c->memory, NULL),
            PITH_OK);
    {
        uint64_t len = c->split.limit;

        pith_split_end(&c->split, &c->layout, (size_t)len);
        return len;
    }
}

static void files_are_split_at_tensors(void **state)
{
    static struct chunks c;
    size_t len =
        make_head("{\"a\":{\"dtype\":\"F32\",\"shape\":[100,100],\"data_offsets\":[0,40000]},"
                  "\"b\":{\"dtype\":\"BF16\",\"shape\":[10,10],\"data_offsets\":[40010,40210]},"
                  "\"c\":{\"dtype\":\"U8\",\"shape\":[100,1000],"
                  "\"data_offsets\":[40210,140210]},"
                  "\"d\":{\"dtype\":\"F16\",\"shape\":[40000],\"data_offsets\":[140210,220210]}}");

    (void)state;
    c.layout.runs = c.runs;
    pith_memory_init(&c.memory, NULL, 0);
    pith_split_init(&c.split, 65536, 65536, NULL);
    assert_int_equal(next_chunk(&c), len);
    assert_int_equal(c.layout.n_runs, 0);
    assert_int_equal(next_chunk(&c), 40210); /* a, ten bytes, b; c would not fit */
    assert_int_equal(c.layout.n_runs, 3);
    assert_true(c.runs[0].dims[0] == 100 && c.runs[0].dims[1] == 100);
    assert_true(c.runs[1].type == PITH_TENSOR_U8 && c.runs[1].dims[3] == 10);
    assert_int_equal(next_chunk(&c), 65000); /* whole rows */
    assert_true(c.layout.n_runs == 1 && c.runs[0].dims[0] == 65 && c.runs[0].dims[1] == 1000);
    assert_int_equal(next_chunk(&c), 35000);
    assert_true(c.layout.n_runs == 1 && c.runs[0].dims[0] == 35);
    assert_int_equal(next_chunk(&c), 65536); /* elements in a line */
    assert_true(c.layout.n_runs == 1 && c.runs[0].dims[0] == 32768);
    assert_int_equal(next_chunk(&c), 14464);
    assert_true(c.split.state == PITH_SPLIT_BYTES && c.split.limit == 65536);
    assert_int_equal(next_chunk(&c), 65536);
    assert_int_equal(c.layout.n_runs, 0);
    pith_split_free(&c.split, &c.memory);
    assert_true(c.memory.used == 0);
}

static void other_files_are_bytes(void **state)
{
    static struct chunks c;

    (void)state;
    c.layout.runs = c.runs;
    pith_memory_init(&c.memory, NULL, 0);
    memset(head, 0, sizeof head);
    (void)make_head("{\"a\":1, but no more than that}");
    pith_split_init(&c.split, 4096, 4096, NULL);
    assert_int_equal(next_chunk(&c), 4096);
    memset(head, 'x', sizeof head);
    pith_split_init(&c.split, 4096, 4096, NULL);
    assert_int_equal(next_chunk(&c), 4096);
    memset(head, 0, sizeof head);
    (void)make_head("{\"a\":{\"data_offsets\":[0,1]}}");
    pith_split_init(&c.split, 20, 20, NULL); /* the head is longer than a chunk */
    assert_int_equal(next_chunk(&c), 20);
    pith_split_init(&c.split, 4096, 0, NULL);
    assert_int_equal(next_chunk(&c), 4096);
    assert_int_equal(c.layout.n_runs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_told_apart),       cmocka_unit_test(arrays_are_listed),
        cmocka_unit_test(blocks_are_listed),          cmocka_unit_test(tensors_are_listed),
        cmocka_unit_test(the_last_shape_counts),      cmocka_unit_test(disagreement_makes_bytes),
        cmocka_unit_test(overlaps_are_left_out),      cmocka_unit_test(broken_heads_list_nothing),
        cmocka_unit_test(files_are_split_at_tensors), cmocka_unit_test(other_files_are_bytes),
    };

    return cmocka_run_group_tests_name("contents", tests, NULL, NULL);
}

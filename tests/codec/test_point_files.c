/* Files of points are known by their first bytes, and by as few of them as it takes; others are not. */
#include "support/testing.h"

#include "support/cloud.h"

#include "base/bytes.h"
#include "codec/points/formats.h"
#include "codec/tensor/split.h"

static uint8_t head[1 << 16];

/* As a splitter asks: more and more bytes, until it is known.  Returns whether it is a file of points. */
static int look(struct pith_points_file *file, size_t len)
{
    uint64_t need = 12, more;

    while (need <= len) {
        uint8_t *copy = get_memory((size_t)need);
        int is;

        memcpy(copy, head, (size_t)need);
        is = pith_points_find_file(file, copy, (size_t)need, &more);
        free(copy);
        if (!is || more <= need)
            return is;
        need = more;
    }
    return 0;
}

static size_t make_las(uint32_t format, uint32_t record_len, uint32_t n)
{
    memset(head, 0, sizeof head);
    memcpy(head, "LASF", 4);
    head[24] = 1;
    head[25] = 2;
    pith_store_le32(head + 96, 300);
    head[104] = (uint8_t)format;
    pith_store_le(head + 105, record_len, 2);
    pith_store_le32(head + 107, n);
    return 300;
}

static void las_is_known(void **state)
{
    static const uint16_t lens[] = {20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67};
    struct pith_points_file file;

    (void)state;
    for (uint32_t format = 0; format < COUNT(lens); format++)
        for (uint32_t more = 0; more < 9; more += 4) {
            size_t len = make_las(format, lens[format] + more, 1000);

            CHECK(look(&file, len), "format %u", format);
            assert_int_equal(pith_points_stride(&file.layout), lens[format] + more);
            assert_true(file.start == 300 && file.n == 1000);
            for (uint32_t k = 0; k < 3; k++)
                assert_true(file.layout.fields[k].type == PITH_POINT_I32 &&
                            file.layout.fields[k].role == PITH_POINT_X + k);
        }
    head[25] = 4; /* then the number is elsewhere */
    pith_store_le32(head + 96, 375);
    pith_store_le64(head + 247, 77);
    assert_true(look(&file, 375) && file.n == 77);
    (void)make_las(3 | 0x80, 34, 5); /* compressed */
    assert_false(look(&file, 300));
    (void)make_las(3, 33, 5); /* too short for the format */
    assert_false(look(&file, 300));
    (void)make_las(3, 65535, 5); /* more extra bytes than there is room for */
    assert_false(look(&file, 300));
    pith_store_le32(head + 96, 100);
    assert_false(look(&file, 300));
}

static size_t put_text(const char *text)
{
    memset(head, 0xff, sizeof head);
    memcpy(head, text, strlen(text));
    return strlen(text) + 4096;
}

static void pcd_is_known(void **state)
{
    struct pith_points_file file;
    size_t len = put_text("# .PCD v0.7 - Point Cloud Data file format\r\nVERSION 0.7\n"
                          "FIELDS x y z _ ring time\nSIZE 4 4 4 1 2 8\nTYPE F F F U U F\n"
                          "COUNT 1 1 1 4 1 1\nWIDTH 9\nHEIGHT 1\nPOINTS 9\nDATA binary\n");

    (void)state;
    assert_true(look(&file, len));
    assert_int_equal(file.start, len - 4096);
    assert_true(file.n == 9 && file.layout.n_fields == 9);
    assert_int_equal(pith_points_stride(&file.layout), 26);
    assert_true(file.layout.fields[7].type == PITH_POINT_U16 &&
                file.layout.fields[7].role == PITH_POINT_RING);
    assert_true(file.layout.fields[8].role == PITH_POINT_TIME);
    assert_true(look(&file, put_text("VERSION 0.7\nFIELDS x _ y\nSIZE 4 1 4\nTYPE F U F\nPOINTS 9\n"
                                     "DATA ascii\n")));
    assert_true(file.layout.is_text && file.layout.n_fields == 2 && file.n == 9);
    assert_false(look(&file, put_text("VERSION 0.7\nFIELDS x\nSIZE 4\nTYPE F\nPOINTS 9\nDATA "
                                      "binary_compressed\n")));
    assert_false(look(&file, put_text("VERSION 0.7\nFIELDS x y\nSIZE 4\nTYPE F\nPOINTS 9\nDATA "
                                      "binary\n")));
    assert_false(look(&file, put_text("VERSION 0.7\nFIELDS x\nSIZE 3\nTYPE F\nPOINTS 9\nDATA "
                                      "binary\n")));
    assert_false(look(&file, put_text("VERSION 0.7\nFIELDS x\nSIZE 4\nTYPE F\nCOUNT "
                                      "99999999999\nPOINTS 9\nDATA binary\n")));
    assert_false(look(&file, put_text("VERSION 0.7\nFIELDS x\nSIZE 4\nTYPE F\nPOINTS -9\nDATA "
                                      "binary\n")));
    memset(head, ' ', sizeof head); /* a head that does not end */
    memcpy(head, "VERSION ", 8);
    assert_false(look(&file, sizeof head));
}

static void ply_is_known(void **state)
{
    struct pith_points_file file;
    size_t len = put_text("ply\nformat binary_little_endian 1.0\ncomment x\nelement vertex 12\n"
                          "property float x\nproperty float y\nproperty float z\n"
                          "property uchar red\nelement face 3\nproperty list uchar int n\n"
                          "end_header\n");

    (void)state;
    assert_true(look(&file, len));
    assert_true(file.start == len - 4096 && file.n == 12 && file.layout.n_fields == 4);
    assert_int_equal(pith_points_stride(&file.layout), 13);
    assert_true(look(&file, put_text("ply\nformat ascii 1.0\nelement vertex 12\nproperty float "
                                     "x\nend_header\n")));
    assert_true(file.layout.is_text && file.layout.n_fields == 1 && file.n == 12);
    assert_false(look(&file, put_text("ply\nformat binary_big_endian 1.0\nelement vertex 12\n"
                                      "property float x\nend_header\n")));
    assert_false(look(&file, put_text("ply\nformat binary_little_endian 1.0\nelement face 1\n"
                                      "property list uchar int n\nelement vertex 12\nproperty "
                                      "float x\nend_header\n")));
    assert_false(look(&file, put_text("ply\nformat binary_little_endian 1.0\nelement vertex 12\n"
                                      "property list uchar int n\nend_header\n")));
}

static void scans_without_head_are_known(void **state)
{
    const struct cloud_spec specs[] = {{32, 100, 1, 0.001, 0, 0, 0, 0},
                                       {32, 100, 0, 0, 0.3, 0.2, 0, 0}};
    struct pith_points_file file;
    uint64_t random = test_seed();

    (void)state;
    for (size_t i = 0; i < COUNT(specs); i++) {
        size_t len = make_cloud(head, &specs[i], &random);

        assert_true(look(&file, len));
        assert_true(file.start == 0 && file.n == UINT64_MAX && file.layout.n_fields == 4);
    }
    for (size_t i = 0; i < sizeof head; i += 4) /* weights are small numbers as well */
        pith_store_le32(head + i, 0x3c000000 | ((uint32_t)next_random(&random) & 0x80ffffff));
    assert_false(look(&file, sizeof head));
    memset(head, 0, sizeof head);
    assert_false(look(&file, sizeof head));
    for (size_t i = 0; i < sizeof head; i++)
        head[i] = (uint8_t)next_random(&random);
    assert_false(look(&file, sizeof head));
}

/* A layout of no fields has no records to count. */
static void files_without_fields_are_bytes(void **state)
{
    size_t len = put_text("VERSION 0.7\nFIELDS x\nSIZE 4\nTYPE F\nCOUNT 0\nPOINTS 9\nDATA "
                          "binary\n");
    struct pith_memory memory;
    struct pith_split split;
    int ends = 0;

    (void)state;
    pith_memory_init(&memory, NULL, 0);
    pith_split_init(&split, 65536, 65536, NULL);
    while (split.state == PITH_SPLIT_HEAD && split.limit <= len)
        assert_int_equal(pith_split_ends(&split, &ends, head, (size_t)split.limit, &memory, NULL),
                         PITH_OK);
    assert_true(split.state == PITH_SPLIT_BYTES && !split.has_points);
    pith_split_free(&split, &memory);
}

static void broken_heads_are_no_fault(void **state)
{
    struct pith_points_file file;
    uint64_t random = test_seed();

    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        size_t len =
            i % 3 == 0
                ? make_las(3, 40, 9)
                : put_text(i % 3 == 1 ? "VERSION 0.7\nFIELDS x y\nSIZE 4 8\nTYPE F F\nCOUNT 1 "
                                        "2\nPOINTS 9\nDATA binary\n"
                                      : "ply\nformat binary_little_endian 1.0\nelement vertex "
                                        "2\nproperty float x\nend_header\n");

        for (uint32_t k = 0; k < 3; k++)
            head[12 + random_below(&random, 200)] = (uint8_t)next_random(&random);
        if (look(&file, len < 300 ? 300 : len))
            assert_true(file.layout.n_fields > 0 && file.layout.n_fields <= PITH_POINT_FIELDS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(las_is_known),
        cmocka_unit_test(pcd_is_known),
        cmocka_unit_test(ply_is_known),
        cmocka_unit_test(scans_without_head_are_known),
        cmocka_unit_test(files_without_fields_are_bytes),
        cmocka_unit_test(broken_heads_are_no_fault),
    };

    return cmocka_run_group_tests_name("point files", tests, NULL, NULL);
}

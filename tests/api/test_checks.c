/* Every check of a chunk: archives that are right but for one of them, told by the words of the error.
 * The checks are those of the full form, where damage of the payload, a decode that goes wrong and
 * wrong content are told apart. */
#include "api/cases.h"

#include "container/index.h"

#include <xxhash.h>

struct archive {
    struct bytes packed;
    struct pith_frame_header frame;
    struct pith_chunk_header chunk; /* the first */
    uint64_t raw_hash;              /* of its bytes */
};

static struct archive make_archive(void)
{
    struct bytes raw = make_data(PERIOD, CHUNK_LEN + 10, 40);
    pith_options options = make_options(1, CHUNK_LEN, 1);
    struct archive archive = {.packed = compress(raw, &options)};
    const uint8_t *data = archive.packed.data;
    size_t len = archive.packed.len;

    archive.raw_hash = XXH3_64bits(raw.data, CHUNK_LEN);
    assert_int_equal(pith_frame_read(&archive.frame, data, len, 0, 1, NULL), PITH_OK);
    assert_int_equal(pith_chunk_read(&archive.chunk, &archive.frame, 0, data + archive.frame.len,
                                     len - archive.frame.len, archive.frame.len, NULL),
                     PITH_OK);
    assert_int_equal(archive.chunk.codec.id, PITH_CODEC_BYTES);
    free(raw.data);
    return archive;
}

/* Puts the header in place of the first chunk's, which is as long. */
static void put_header(struct archive *archive, uint64_t raw_hash)
{
    size_t len = archive->chunk.len;

    pith_chunk_write(&archive->chunk, raw_hash);
    assert_true(archive->chunk.len == len);
    memcpy(archive->packed.data + archive->frame.len, archive->chunk.bytes, len);
}

static void check_told(struct archive *archive, const char *words)
{
    struct bytes raw;
    pith_error error = {.status = PITH_OK};
    pith_status status = decompress(&raw, 2 * CHUNK_LEN, archive->packed, &error);

    CHECK(status == PITH_E_CORRUPT && strstr(error.text, words), "%s", error.text);
    CHECK(error.position == archive->frame.len + archive->chunk.len, "%llu",
          (unsigned long long)error.position);
    free(raw.data);
    free(archive->packed.data);
}

static void an_archive_written_again_is_the_same(void **state)
{
    struct archive archive = make_archive();
    struct bytes raw;
    pith_error error = {.status = PITH_OK};

    (void)state;
    put_header(&archive, archive.raw_hash);
    CHECK(decompress(&raw, 2 * CHUNK_LEN, archive.packed, &error) == PITH_OK, "%s", error.text);
    free(raw.data);
    free(archive.packed.data);
}

static void damage_of_the_payload(void **state)
{
    struct archive archive = make_archive();

    (void)state;
    archive.packed.data[archive.frame.len + archive.chunk.len + 5] ^= 4;
    check_told(&archive, "is damaged: its check is");
}

static void another_final_state(void **state)
{
    struct archive archive = make_archive();

    (void)state;
    archive.chunk.final_state ^= 1;
    put_header(&archive, archive.raw_hash);
    check_told(&archive, "is intact but decodes differently");
}

static void another_content(void **state)
{
    struct archive archive = make_archive();

    (void)state;
    put_header(&archive, archive.raw_hash + 1);
    check_told(&archive, "is wrong: its check is");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_written_again_is_the_same),
        cmocka_unit_test(damage_of_the_payload),
        cmocka_unit_test(another_final_state),
        cmocka_unit_test(another_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

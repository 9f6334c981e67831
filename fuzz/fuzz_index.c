/* Fuzz target index: pith_list() over forged archives, whose checks are all right.
 *
 * The input says which frames and chunks there are and which of their fields lie.  Payloads are not
 * kept, so an archive may be as long as its lengths claim.  An archive without a lie must be listed as
 * it was made. */
#include "fuzzing.h"

#include "container/index.h"

#define CHUNKS_MAX 12
#define FRAMES_MAX 3
#define PIECES_MAX (FRAMES_MAX * (2 * CHUNKS_MAX + 4))

struct piece {
    uint64_t start;
    size_t at, len; /* in bytes.data */
};

struct archive {
    struct piece pieces[PIECES_MAX];
    size_t n_pieces;
    struct fuzz_bytes bytes; /* of all pieces; between them there are zeros */
    uint64_t len;
    struct fuzz_input input;
    unsigned n_lies;
    uint64_t chunks, raw_len; /* as a listing has to find them */
};

static void put(struct archive *archive, const uint8_t *data, size_t len)
{
    FUZZ_CHECK(archive->n_pieces < PIECES_MAX);
    archive->pieces[archive->n_pieces++] = (struct piece){archive->len, archive->bytes.len, len};
    fuzz_append(&archive->bytes, data, len);
    archive->len += len;
}

static int read_at(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct archive *archive = opaque;

    FUZZ_CHECK(offset <= archive->len && len <= archive->len - offset);
    memset(buffer, 0, len);
    for (size_t i = 0; i < archive->n_pieces; i++) {
        const struct piece *piece = &archive->pieces[i];

        for (size_t k = 0; k < piece->len; k++)
            if (piece->start + k >= offset && piece->start + k < offset + len)
                ((uint8_t *)buffer)[piece->start + k - offset] = archive->bytes.data[piece->at + k];
    }
    return 0;
}

/* The value, or what the input says in its place. */
static uint64_t told(struct archive *archive, uint64_t value)
{
    uint8_t choice = fuzz_byte(&archive->input);
    uint64_t lie = value;

    if (choice >= 248)
        lie = fuzz_number(&archive->input, 8);
    else if (choice >= 224)
        lie = value + choice - 236;
    archive->n_lies += lie != value;
    return lie;
}

static void plan_chunk(struct pith_chunk_header *chunk, struct archive *archive)
{
    struct fuzz_input *input = &archive->input;
    uint8_t choice = fuzz_byte(input);
    uint64_t raw_len = 1 + fuzz_number(input, 2);

    if (choice % 4 == 1) {
        pith_chunk_plan_fill(chunk, choice, raw_len << choice / 4 % 25);
        return;
    }
    pith_chunk_plan(chunk, &pith_codec_bytes, PITH_LEVEL_MIN + choice / 4 % PITH_LEVEL_MAX, raw_len,
                    NULL, NULL);
    chunk->packed_len = fuzz_number(input, 2) % (raw_len + 1);
    if (choice % 4 == 0)
        pith_chunk_make_stored(chunk);
    chunk->final_state = raw_len;
    chunk->packed_check = raw_len;
}

static void lie_in_chunk(struct pith_chunk_header *chunk, struct archive *archive)
{
    chunk->raw_len = told(archive, chunk->raw_len);
    chunk->packed_len = told(archive, chunk->packed_len);
    chunk->codec.id = told(archive, chunk->codec.id) & 0xffff;
    chunk->codec.params_len = told(archive, chunk->codec.params_len) % (PITH_CODEC_PARAMS_MAX + 1);
    chunk->codec.params[0] = (uint8_t)told(archive, chunk->codec.params[0]);
}

static void put_chunk(struct archive *archive, struct pith_chunk_header *chunk)
{
    uint64_t packed_len = chunk->packed_len;

    lie_in_chunk(chunk, archive);
    pith_chunk_write(chunk, chunk->raw_len);
    put(archive, chunk->bytes, chunk->len);
    archive->len += packed_len;
    archive->chunks++;
    archive->raw_len += chunk->raw_len;
}

static void put_single(struct archive *archive)
{
    struct pith_chunk_header chunk;

    plan_chunk(&chunk, archive);
    if (chunk.codec.id == PITH_CODEC_FILL)
        pith_chunk_plan(&chunk, &pith_codec_bytes, 1, 100, NULL, NULL);
    chunk.is_single = 1;
    chunk.flags = told(archive, pith_frame_flags(1, PITH_FLAG_SINGLE)) & UINT8_MAX;
    put_chunk(archive, &chunk);
}

/* Index and footer of the chunks in *sum, whose entries are given. */
static void put_index(struct archive *archive, const struct pith_frame_header *frame,
                      const struct pith_index_sum *sum, struct fuzz_bytes entries)
{
    struct pith_frame_header told_frame = *frame;
    struct pith_index_sum told_sum = *sum;
    uint8_t bytes[2 * PITH_HEADER_MAX];

    told_frame.id = told(archive, frame->id) & UINT32_MAX;
    told_frame.len = told(archive, frame->len);
    told_sum.n_chunks = told(archive, sum->n_chunks);
    put(archive, bytes, pith_index_head_write(bytes, &told_frame, &told_sum));
    if (entries.len > 0) {
        size_t at = fuzz_byte(&archive->input) % entries.len;

        entries.data[at] = (uint8_t)told(archive, entries.data[at]);
    }
    put(archive, entries.data, entries.len);
    told_sum.digest = told(archive, sum->digest);
    told_sum.entries_len = told(archive, sum->entries_len);
    put(archive, bytes, pith_index_end_write(bytes, &told_frame, &told_sum));
}

static void put_full(struct archive *archive)
{
    struct pith_chunk_header chunks[CHUNKS_MAX];
    struct pith_frame_header frame = {.chunk_len = PITH_CHUNK_LEN_MIN};
    struct pith_index_sum sum;
    struct fuzz_bytes entries = {fuzz_memory(0), 0, 0};
    uint8_t settings = fuzz_byte(&archive->input), bytes[2 * PITH_HEADER_MAX];
    size_t n = 1 + settings % CHUNKS_MAX, len;
    uint64_t memory = 0, raw_offset = 0;

    for (size_t i = 0; i < n; i++) {
        plan_chunk(&chunks[i], archive);
        frame.content_size += chunks[i].raw_len;
        memory = chunks[i].need > memory ? chunks[i].need : memory;
    }
    frame.flags = told(archive, pith_frame_flags(1, settings & 0x80 ? PITH_FLAG_SIZED : 0));
    frame.content_size = told(archive, frame.content_size);
    frame.chunk_len = told(archive, frame.chunk_len);
    len = pith_frame_write(bytes, &frame, told(archive, memory), settings);
    put(archive, bytes, len);
    pith_index_sum_init(&sum);
    for (size_t i = 0; i < n; i++) {
        uint64_t raw_len = chunks[i].raw_len;

        chunks[i].id = told(archive, frame.id) & UINT32_MAX;
        chunks[i].raw_offset = told(archive, raw_offset);
        put_chunk(archive, &chunks[i]);
        raw_offset += raw_len;
        (void)pith_index_sum_chunk(&sum, bytes, &len, &chunks[i], 0, NULL);
        fuzz_append(&entries, bytes, len);
    }
    put_index(archive, &frame, &sum, entries);
    free(entries.data);
}

static int on_chunk(void *opaque, const pith_chunk_info *chunk)
{
    uint64_t *raw_len = opaque;

    FUZZ_CHECK(chunk->raw_offset == *raw_len && chunk->codec != NULL);
    *raw_len += chunk->raw_len;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct archive *archive = fuzz_memory(sizeof *archive);
    pith_archive_info info;
    pith_error error = {.status = PITH_OK};
    uint64_t raw_len = 0;
    unsigned n_frames;
    pith_status status;

    memset(archive, 0, sizeof *archive);
    archive->input = (struct fuzz_input){data, size};
    n_frames = fuzz_byte(&archive->input);
    for (unsigned i = 0; i <= n_frames / 8 % FRAMES_MAX; i++)
        if (n_frames >> i & 1)
            put_single(archive);
        else
            put_full(archive);
    archive->len = told(archive, archive->len);
    status = pith_list(&info, read_at, archive, archive->len, on_chunk, &raw_len, &error);
    fuzz_check_error(status, &error);
    FUZZ_CHECK(status != PITH_OK || info.raw_len == raw_len);
    if (archive->n_lies == 0)
        FUZZ_CHECK(status == PITH_OK && info.raw_len == archive->raw_len &&
                   info.chunks == archive->chunks);
    free(archive->bytes.data);
    free(archive);
    return 0;
}

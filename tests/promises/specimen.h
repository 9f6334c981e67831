/* Specimens: sound archives of one frame or more with what is in them, and the judgement over a
 * damaged copy: an error or the right bytes, and a stream lets out whole chunks only. */
#ifndef TESTS_PROMISES_SPECIMEN_H
#define TESTS_PROMISES_SPECIMEN_H

#include "golden/golden.h"

#include "api/small_frame.h"
#include "promises/crew.h"

enum { CHUNKS_CAP = 32, SPECIMENS_CAP = 200 };

struct part {
    size_t start, len;
};

struct specimen {
    const char *name;
    struct bytes packed, raw;
    struct part chunks[CHUNKS_CAP]; /* header and payload, in packed */
    struct part raws[CHUNKS_CAP];
    size_t n_chunks, n_frames;
    uint64_t memory_limit; /* enough for it, and soon passed by what claims more */
};

/* What came of one kind of damage.  In shared memory, counted up by all processes. */
struct tally {
    _Atomic uint64_t n_decodes, n_refused, n_right, n_wrong, n_faults;
};

static inline int read_specimen(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct bytes *bytes = opaque;

    if (offset > bytes->len || len > bytes->len - offset)
        return -1;
    memcpy(buffer, bytes->data + offset, len);
    return 0;
}

static inline int note_chunk(void *opaque, const pith_chunk_info *chunk)
{
    struct specimen *specimen = opaque;

    if (specimen->n_chunks == CHUNKS_CAP)
        return 1;
    specimen->chunks[specimen->n_chunks] =
        (struct part){(size_t)chunk->packed_offset, (size_t)chunk->packed_len};
    specimen->raws[specimen->n_chunks++] =
        (struct part){(size_t)chunk->raw_offset, (size_t)chunk->raw_len};
    return 0;
}

static inline struct specimen make_specimen(const char *name, struct bytes packed, struct bytes raw)
{
    struct specimen specimen = {.name = name, .packed = packed, .raw = raw};
    pith_archive_info info;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_list(&info, read_specimen, &specimen.packed, packed.len, note_chunk,
                                   &specimen, &error);

    if (status != PITH_OK) {
        printf("%s: %s\n", name, error.text);
        exit(1);
    }
    specimen.n_frames = (size_t)info.frames;
    specimen.memory_limit = info.decode_memory + ((uint64_t)4 << 20);
    return specimen;
}

/* A memory block of exactly these bytes, so that a sanitizer sees a read past the end. */
static inline struct bytes exact_copy(struct bytes from)
{
    struct bytes copy = {malloc(from.len ? from.len : 1), from.len};

    if (!copy.data)
        exit(1);
    memcpy(copy.data, from.data, from.len);
    return copy;
}

/* Whether len raw bytes end where a chunk does. */
static inline int is_boundary(const struct specimen *specimen, size_t len)
{
    if (len == 0)
        return 1;
    for (size_t i = 0; i < specimen->n_chunks; i++)
        if (specimen->raws[i].start + specimen->raws[i].len == len)
            return 1;
    return 0;
}

static inline void say_fault(struct tally *tally, const struct specimen *specimen, const char *kind,
                             uint64_t number, const char *fault)
{
    if (++tally->n_faults <= 20)
        printf("FAIL  %s %llu of %s: %s\n", kind, (unsigned long long)number, specimen->name,
               fault);
}

static inline void judge_end(struct tally *tally, const struct specimen *specimen, const char *kind,
                             uint64_t number, pith_status status, const pith_error *error,
                             struct bytes raw)
{
    tally->n_decodes++;
    if (status != PITH_OK && status != PITH_END) {
        if (status == PITH_E_INTERNAL || status == PITH_E_ARGUMENT || status == PITH_E_IO)
            say_fault(tally, specimen, kind, number, error->text);
        if (error->status != status || error->text[0] == 0)
            say_fault(tally, specimen, kind, number, "no error told");
        tally->n_refused++;
    } else if (is_same(raw, specimen->raw)) {
        tally->n_right++;
    } else {
        tally->n_wrong++;
        say_fault(tally, specimen, kind, number, "silently wrong");
    }
}

/* Decodes the damaged archive at once and as a stream (in a long run in two ways), and has it
 * listed. */
static inline void judge(struct tally *tally, const struct specimen *specimen, struct bytes bad,
                         const char *kind, uint64_t number)
{
    static const struct steps steps[] = {{4096, STREAM_BUFFER_LEN}, {1, 777}};
    pith_options options = make_options(0, 0, 1);
    struct bytes raw = {get_memory(specimen->raw.len), 0};
    pith_error error = {.status = PITH_OK};
    pith_archive_info info;
    pith_status status;

    options.memory_limit = specimen->memory_limit;
    status =
        pith_decompress(raw.data, specimen->raw.len, &raw.len, bad.data, bad.len, &options, &error);
    judge_end(tally, specimen, kind, number, status, &error, raw);
    free(raw.data);
    for (int i = 0; i <= is_full_run(); i++) {
        status = stream_decompress(&raw, bad, &options, steps[i], &error);
        judge_end(tally, specimen, kind, number, status, &error, raw);
        if (!is_prefix(raw, specimen->raw))
            say_fault(tally, specimen, kind, number, "unverified bytes left");
        else if (status != PITH_END && !is_boundary(specimen, raw.len))
            say_fault(tally, specimen, kind, number, "part of a chunk left");
        free(raw.data);
    }
    (void)pith_list(&info, read_specimen, &bad, bad.len, NULL, NULL, NULL);
}

/* --- the set --- */

/* Each is decoded thousands of times: large ones of the fast levels, short ones of the slow. */
static inline int golden_is_quick(const struct golden *golden, int is_large)
{
    if (is_large)
        return golden->level <= 2;
    return golden->level <= 7 || golden->len <= 600;
}

/* The good golden archives.  Returns how many. */
static inline size_t golden_specimens(struct specimen *specimens, int are_large)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(goldens); i++)
        if (goldens[i].expected == PITH_OK && golden_is_large(goldens[i].name) == are_large &&
            golden_is_quick(&goldens[i], are_large))
            specimens[n++] = make_specimen(goldens[i].name, goldens[i].make(&goldens[i]),
                                           goldens[i].content(&goldens[i]));
    return n;
}

/* Frames of many short chunks, quick to decode and mostly headers. */
static inline size_t short_specimens(struct specimen *specimens)
{
    static const struct {
        int kind;
        size_t len, part_len;
        const char *name;
    } shapes[] = {
        {TEXT, 900, 150, "short text"},        {TEXT, 905, 150, "short text, last shorter"},
        {RANDOM, 3000, 400, "short random"},   {RANDOM, 2600, 400, "short random, last shorter"},
        {CSV, 1500, 300, "short csv"},         {CSV, 1800, 300, "short csv, longer"},
        {RECORDS, 1600, 400, "short records"}, {JSON, 1600, 400, "short json"},
        {HALVES, 2400, 300, "short halves"},   {HALVES, 4000, 500, "longer halves"},
        {TEXT, 60, 20, "tiny text"},           {X86_CODE, 1200, 200, "short code"},
    };
    size_t n = 0;

    for (; n < COUNT(shapes); n++) {
        struct bytes raw = golden_data(shapes[n].kind, shapes[n].len);

        specimens[n] = make_specimen(shapes[n].name, small_frame(raw, shapes[n].part_len), raw);
    }
    return n;
}

#endif

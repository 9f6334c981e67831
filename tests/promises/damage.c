/* Damage of every kind, many times: never wrong bytes without an error, at once or in a stream, and
 * from a stream nothing but whole chunks that are right.
 *
 * Three sets: each single bit of the small golden archives flipped (a sample in the short run);
 * damage as disks and networks do it; and forged archives, one field changed and every check in them
 * made right again, so that what lies behind the checks is reached.  Prints one line a kind, which
 * must have decoded something, and "N passed, N failed".
 *
 *   damage [flips | large | kinds | forged]...      those sets, else all */
#include "promises/specimen.h"

#include <malloc.h>
#include <time.h>

struct set {
    struct specimen *specimens;
    size_t n;
    struct tally *tally;
    const char *kind;
    uint64_t n_flips; /* of all specimens */
    int is_sampled;
    int number; /* of the kind */
};

static int n_passed, n_failed;
static time_t started; /* of this kind */

static void report(const char *kind, struct tally *tally, int n_bad_processes)
{
    int failed =
        n_bad_processes > 0 || tally->n_wrong > 0 || tally->n_faults > 0 || tally->n_decodes == 0;

    printf("%-5s %-34s %8llu decodes, %llu silently wrong, %llu refused, %llu right all the same, "
           "%llu other faults, %d crashes, %ld s\n",
           failed ? "FAIL" : "ok", kind, (unsigned long long)tally->n_decodes,
           (unsigned long long)tally->n_wrong, (unsigned long long)tally->n_refused,
           (unsigned long long)tally->n_right, (unsigned long long)tally->n_faults, n_bad_processes,
           (long)(time(NULL) - started));
    started = time(NULL);
    n_passed += !failed;
    n_failed += failed;
}

/* --- flips --- */

/* Models of the first levels, which are soon cleared, and not much to decode. */
static int is_quick(const struct specimen *specimen)
{
    return specimen->memory_limit < (uint64_t)6 << 20 && specimen->raw.len <= 3000;
}

static void flip_item(uint64_t item, void *opaque)
{
    struct set *set = opaque;
    uint64_t seed = test_seed() ^ item << 20, bit = item; /* long ones are slow: few in a sample */
    struct specimen *specimen;
    struct bytes bad;

    do {
        if (set->is_sampled)
            bit = next_random(&seed) % set->n_flips;
        for (specimen = set->specimens; bit >= specimen->packed.len * 8; specimen++)
            bit -= specimen->packed.len * 8;
    } while (set->is_sampled && !is_quick(specimen) && next_random(&seed) % 100 != 0);
    bad = exact_copy(specimen->packed);
    bad.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    judge(set->tally, specimen, bad, "bit", bit);
    free(bad.data);
}

static void flip_bits(const char *kind, struct specimen *specimens, size_t n, uint64_t n_samples)
{
    struct set set = {.specimens = specimens, .n = n, .tally = shared_memory(sizeof *set.tally)};
    int n_bad;

    for (size_t i = 0; i < n; i++)
        set.n_flips += specimens[i].packed.len * 8;
    set.is_sampled = n_samples < set.n_flips;
    n_bad = crew_run(set.is_sampled ? n_samples : set.n_flips, flip_item, &set);
    report(kind, set.tally, n_bad);
}

/* --- damage of other kinds --- */

enum kind_of_damage {
    INSERTED,
    DELETED,
    DOUBLED,
    BURST,
    SECTOR_ZEROED,
    SECTORS_SWAPPED,
    CHUNKS_REORDERED,
    CHUNK_SPLICED,
    CUT,
    N_KINDS_OF_DAMAGE
};

static const char *const damage_names[] = {
    "bytes inserted",        "bytes deleted",    "bytes doubled",
    "burst of random bytes", "sector zeroed",    "sectors swapped",
    "chunks reordered",      "chunk spliced in", "truncated",
};

enum { SECTOR_LEN = 512 };

static uint64_t below(uint64_t *seed, size_t n)
{
    return next_random(seed) % n;
}

/* before, then between, then what of the archive begins at `after`. */
static struct bytes join(struct bytes from, size_t before, struct bytes between, size_t after)
{
    struct bytes all = {get_memory(before + between.len + from.len - after), 0};

    memcpy(all.data, from.data, before);
    if (between.len > 0)
        memcpy(all.data + before, between.data, between.len);
    memcpy(all.data + before + between.len, from.data + after, from.len - after);
    all.len = before + between.len + from.len - after;
    return all;
}

/* Stretches of random place and length. */
static struct bytes damage_bytes(const struct specimen *specimen, int kind, uint64_t *seed)
{
    struct bytes from = specimen->packed, some = {NULL, 0}, bad;
    size_t start = (size_t)below(seed, from.len), len = 1 + (size_t)below(seed, 40);
    uint8_t random[40];

    if (kind == CUT)
        return exact_copy((struct bytes){from.data, start});
    if (len > from.len - start)
        len = from.len - start;
    if (kind == DOUBLED)
        some = (struct bytes){from.data + start, len};
    fill_random(random, len, seed);
    if (kind == INSERTED)
        some = (struct bytes){random, len};
    if (kind != BURST)
        return join(from, start, some, kind == DELETED ? start + len : start);
    bad = exact_copy(from);
    memcpy(bad.data + start, random, len);
    return bad;
}

static struct bytes damage_sectors(const struct specimen *specimen, int kind, uint64_t *seed)
{
    struct bytes bad = exact_copy(specimen->packed);
    size_t n = bad.len / SECTOR_LEN, a, b;

    if (n < 2)
        return bad;
    a = (size_t)below(seed, n);
    b = (a + 1 + (size_t)below(seed, n - 1)) % n;
    for (size_t i = 0; i < SECTOR_LEN; i++) {
        uint8_t *left = bad.data + a * SECTOR_LEN + i, *right = bad.data + b * SECTOR_LEN + i;
        uint8_t byte = *left;

        *left = kind == SECTOR_ZEROED ? 0 : *right;
        if (kind == SECTORS_SWAPPED)
            *right = byte;
    }
    return bad;
}

/* The chunks in another order, or one of another archive among them. */
static struct bytes damage_chunks(const struct set *set, const struct specimen *specimen,
                                  uint64_t *seed)
{
    const struct specimen *other = &set->specimens[below(seed, set->n)];
    const struct part *chunks = specimen->chunks;
    size_t n = specimen->n_chunks, a, b;
    struct bytes bad = {NULL, 0};

    if (n < 2 || specimen->packed.data[5] & PITH_FLAG_SINGLE ||
        (set->number == CHUNK_SPLICED && (other == specimen || other->n_chunks < 2)))
        return exact_copy(specimen->packed);
    a = (size_t)below(seed, n);
    b = (a + 1 + (size_t)below(seed, n - 1)) % n;
    append(&bad, specimen->packed.data, chunks[0].start);
    for (size_t i = 0; i < n; i++) {
        struct bytes from = specimen->packed;
        struct part part = chunks[i == a ? b : i == b ? a : i];

        if (set->number == CHUNK_SPLICED) {
            from = i == a ? other->packed : specimen->packed;
            part = i == a ? other->chunks[a < other->n_chunks ? a : 0] : chunks[i];
        }
        append(&bad, from.data + part.start, part.len);
    }
    append(&bad, specimen->packed.data + chunks[n - 1].start + chunks[n - 1].len,
           specimen->packed.len - chunks[n - 1].start - chunks[n - 1].len);
    return bad;
}

/* Draws until the archive is really another one. */
static void damage_item(uint64_t item, void *opaque)
{
    struct set *set = opaque;
    uint64_t seed = test_seed() ^ (item << 8 | (uint64_t)set->number);

    for (;;) {
        const struct specimen *specimen = &set->specimens[below(&seed, set->n)];
        struct bytes bad, exact;

        if (specimen->n_frames > 1 || (specimen->packed.len > 4096 && below(&seed, 300)))
            continue;
        if (set->number == CHUNKS_REORDERED || set->number == CHUNK_SPLICED)
            bad = damage_chunks(set, specimen, &seed);
        else if (set->number == SECTOR_ZEROED || set->number == SECTORS_SWAPPED)
            bad = damage_sectors(specimen, set->number, &seed);
        else
            bad = damage_bytes(specimen, set->number, &seed);
        exact = exact_copy(bad);
        free(bad.data);
        if (is_same(exact, specimen->packed)) {
            free(exact.data);
            continue;
        }
        judge(set->tally, specimen, exact, damage_names[set->number], item);
        free(exact.data);
        return;
    }
}

static void damage_all(struct specimen *specimens, size_t n, uint64_t n_each)
{
    for (int kind = 0; kind < N_KINDS_OF_DAMAGE; kind++) {
        struct set set = {.specimens = specimens, .n = n, .number = kind};

        set.tally = shared_memory(sizeof *set.tally);
        report(damage_names[kind], set.tally, crew_run(n_each, damage_item, &set));
    }
}

/* --- forged: a field is changed, then the checks are made right --- */

static void tweak(uint64_t *value, uint64_t *seed)
{
    uint64_t r = next_random(seed);

    if (r % 4 == 0)
        *value += 1 + (r >> 8) % 3;
    else if (r % 4 == 1)
        *value -= 1 + (r >> 8) % 3;
    else
        *value = next_random(seed) >> (r >> 8) % 64;
}

static void tweak_chunk(struct pith_chunk_header *chunk, struct bytes payload, uint64_t *seed)
{
    uint64_t *const numbers[] = {&chunk->raw_len,     &chunk->packed_len,   &chunk->raw_offset,
                                 &chunk->final_state, &chunk->packed_check, &chunk->id};
    uint64_t r = next_random(seed);

    if (r % 16 < COUNT(numbers)) {
        tweak(numbers[r % 16], seed);
    } else if (r % 16 == 6) {
        chunk->codec.id = (r >> 8) % 5;
    } else if (r % 16 == 7) {
        chunk->codec.params_len = (size_t)((r >> 8) % (PITH_CODEC_PARAMS_MAX + 1));
    } else if (r % 16 == 8) {
        chunk->codec.params[0] = (uint8_t)((r >> 8) % (PITH_LEVEL_MAX + 2));
    } else if (payload.len > 0) { /* most: the codec's own parser */
        size_t at =
            (size_t)((r >> 8) % (r >> 60 ? payload.len < 8 ? payload.len : 8 : payload.len));

        payload.data[at] ^= (uint8_t)(1 << (r >> 40) % 8);
        chunk->packed_check = XXH3_64bits(payload.data, payload.len);
    }
}

/* Only what is on the wire: later fields stand for lengths that a reader works out. */
static void mask_fixed(struct pith_chunk_header *chunk)
{
    chunk->id &= UINT32_MAX;
    chunk->final_state &= UINT32_MAX;
}

static void forge_single(struct bytes *bad, const struct specimen *specimen, uint64_t *seed)
{
    struct bytes packed = exact_copy(specimen->packed), payload;
    struct pith_frame_header frame;
    struct pith_chunk_header chunk;

    if (pith_frame_read(&frame, packed.data, packed.len, 0, 1, NULL) != PITH_OK)
        exit(1);
    payload = (struct bytes){packed.data + frame.len, packed.len - frame.len};
    chunk = frame.single;
    chunk.flags = frame.flags;
    tweak_chunk(&chunk, payload, seed);
    mask_fixed(&chunk);
    pith_chunk_write(&chunk, XXH3_64bits(specimen->raw.data, specimen->raw.len));
    append(bad, chunk.bytes, chunk.len);
    append(bad, payload.data, payload.len);
    free(packed.data);
}

static void tweak_frame(struct pith_frame_header *frame, uint64_t *memory, uint64_t *seed)
{
    uint64_t r = next_random(seed);

    if (r % 4 == 0)
        tweak(memory, seed);
    else if (r % 4 == 1)
        tweak(&frame->chunk_len, seed);
    else if (r % 4 == 2)
        tweak(&frame->content_size, seed);
    else
        frame->flags ^= (uint64_t)1 << (r >> 8) % 8;
}

/* Header, chunks, index and footer anew; one of them says something else than before. */
static void forge_full(struct bytes *bad, const struct specimen *specimen, uint64_t *seed)
{
    struct bytes packed = exact_copy(specimen->packed), entries = {NULL, 0};
    struct pith_frame_header frame;
    struct pith_index_sum sum;
    uint8_t bytes[2 * PITH_HEADER_MAX];
    uint64_t memory, id, which = below(seed, specimen->n_chunks + 2);
    size_t len;

    if (pith_frame_read(&frame, packed.data, packed.len, 0, 1, NULL) != PITH_OK)
        exit(1);
    memory = pith_memory_decode(frame.memory);
    id = frame.id;
    if (which == specimen->n_chunks)
        tweak_frame(&frame, &memory, seed);
    append(bad, bytes, pith_frame_write(bytes, &frame, memory, 0));
    pith_index_sum_init(&sum);
    for (size_t i = 0; i < specimen->n_chunks; i++) {
        struct part part = specimen->chunks[i], raw = specimen->raws[i];
        struct pith_frame_header as_read = {
            .id = id, .chunk_len = PITH_CHUNK_LEN_MAX, .memory = 255};
        struct pith_chunk_header chunk;
        struct bytes payload;

        if (pith_chunk_read(&chunk, &as_read, raw.start, packed.data + part.start, part.len, 0,
                            NULL) != PITH_OK)
            exit(1);
        payload = (struct bytes){packed.data + part.start + chunk.len, part.len - chunk.len};
        chunk.id = frame.id;
        if (which == i)
            tweak_chunk(&chunk, payload, seed);
        mask_fixed(&chunk);
        pith_chunk_write(&chunk, XXH3_64bits(specimen->raw.data + raw.start, raw.len));
        append(bad, chunk.bytes, chunk.len);
        append(bad, payload.data, payload.len);
        if (pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL) == PITH_OK)
            append(&entries, bytes, len);
    }
    if (which > specimen->n_chunks)
        tweak(below(seed, 2) ? &sum.n_chunks : &sum.digest, seed);
    append(bad, bytes, pith_index_head_write(bytes, &frame, &sum));
    append(bad, entries.data, entries.len);
    append(bad, bytes, pith_index_end_write(bytes, &frame, &sum));
    free(entries.data);
    free(packed.data);
}

static int has_fill(const struct specimen *specimen)
{
    const struct specimen *s = specimen;

    for (size_t i = 0; i < s->n_chunks; i++)
        if (s->raws[i].len >= 2 * CHUNK_LEN)
            return 1;
    return 0;
}

static void forge_item(uint64_t item, void *opaque)
{
    struct set *set = opaque;
    uint64_t seed = test_seed() ^ (item << 8 | 0xf0);
    const struct specimen *specimen;
    struct bytes bad = {NULL, 0}, exact;

    /* A fill chunk of another length is another sound archive.  Those in the single form are quick at
     * low levels only. */
    do
        specimen = &set->specimens[below(&seed, set->n)];
    while (specimen->n_frames > 1 || specimen->packed.len > 4096 || has_fill(specimen) ||
           (specimen->n_chunks < 2 && below(&seed, 16)) ||
           (specimen->raw.len > 5000 && below(&seed, 50)));
    if (specimen->packed.data[5] & PITH_FLAG_SINGLE)
        forge_single(&bad, specimen, &seed);
    else
        forge_full(&bad, specimen, &seed);
    exact = exact_copy(bad);
    judge(set->tally, specimen, exact, "forged", item);
    free(exact.data);
    free(bad.data);
}

static void forge_all(struct specimen *specimens, size_t n, uint64_t n_forged)
{
    struct set set = {.specimens = specimens, .n = n, .tally = shared_memory(sizeof *set.tally)};

    report("forged, all checks right", set.tally, crew_run(n_forged, forge_item, &set));
}

static int is_asked_for(const char *set, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], set) == 0)
            return 1;
    return argc == 1;
}

int main(int argc, char **argv)
{
    static struct specimen specimens[SPECIMENS_CAP];
    uint64_t n_flips = is_full_run() ? UINT64_MAX : 50000, n_each = is_full_run() ? 100000 : 1000;
    uint64_t n_forged = is_full_run() ? 100000 : 4000;
    uint64_t n_large_flips = is_full_run() ? 10000 : 20;
    size_t n_small, n_short, n;

    if (IS_SANITIZED) { /* ten times slower; what it adds is the eye on memory */
        n_flips = is_full_run() ? 40000 : 400;
        n_large_flips /= 10;
        n_each /= 10;
        n_forged /= 5;
    }
    /* Models go back to the system and come again zeroed otherwise, page by page. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    n_small = golden_specimens(specimens, 0);
    n_short = n_small + short_specimens(specimens + n_small);
    n = n_short + golden_specimens(specimens + n_short, 1);
    printf("%zu small golden archives, %zu specimens in all, seed %llu\n", n_small, n,
           (unsigned long long)test_seed());
    started = time(NULL);
    if (is_asked_for("flips", argc, argv))
        flip_bits(n_flips == UINT64_MAX ? "every single bit" : "single bits, sampled", specimens,
                  n_small, n_flips);
    if (is_asked_for("large", argc, argv))
        flip_bits("single bits of large ones, sampled", specimens + n_short, n - n_short,
                  n_large_flips);
    if (is_asked_for("kinds", argc, argv))
        damage_all(specimens + n_small, n - n_small, n_each);
    if (is_asked_for("forged", argc, argv))
        forge_all(specimens, n, n_forged);
    printf("%d passed, %d failed\n", n_passed, n_failed);
    return n_failed != 0;
}

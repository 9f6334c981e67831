/* Forged headers and pith -t: whoever writes a header with every check right, and claims what he
 * likes, gets an exit code of 2 or 4, soon and for little memory.
 *
 *   forged PITH_BINARY
 *
 * Each archive is below 1 KiB and claims lengths of up to 2^62, unknown codecs and parameters, or more
 * memory than -M allows.  Nothing may be allocated for a claim before it is held against the limit
 * and the bytes that are there.  Prints the most memory and the longest time of any run. */
#include "base/bytes.h"
#include "container/index.h"
#include "promises/command.h"

enum { ARCHIVE_CAP = 1024, RSS_KIB_MAX = 8 << 10 };
static const double seconds_max = 0.05;

/* What the forgery must be told: bits. */
enum { MAY_BE_CORRUPT = 1, MAY_BE_REFUSED = 2, MAY_BE_BOTH = 3 };

struct archive {
    uint8_t bytes[ARCHIVE_CAP];
    size_t len;
    int may_be;
    const char *what;
};

static void add(struct archive *archive, const void *bytes, size_t len)
{
    if (len > ARCHIVE_CAP - archive->len)
        len = ARCHIVE_CAP - archive->len;
    memcpy(archive->bytes + archive->len, bytes, len);
    archive->len += len;
}

static void add_random(struct archive *archive, size_t len, uint64_t *seed)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)next_random(seed);

        add(archive, &byte, 1);
    }
}

/* Up to 2^62, all magnitudes alike. */
static uint64_t huge(uint64_t *seed)
{
    return 1 + (next_random(seed) >> (2 + next_random(seed) % 62));
}

/* A codec, its parameters and lengths as a forger likes them; `may_be` says what that can be. */
static void forge_claims(struct pith_chunk_header *chunk, struct archive *archive, uint64_t *seed)
{
    uint64_t r = next_random(seed);

    chunk->raw_len = huge(seed);
    chunk->packed_len = r & 1 ? huge(seed) : chunk->raw_len;
    chunk->final_state = next_random(seed) & UINT32_MAX;
    chunk->packed_check = next_random(seed);
    archive->may_be = MAY_BE_BOTH; /* corrupt in one way, too big in another: either may be told */
    switch ((r >> 8) % 5) {
    case 0:
        archive->what = "stored";
        break;
    case 1:
        archive->what = "unknown codec";
        chunk->codec.id = 3 + (r >> 16) % 1000;
        break;
    case 2:
        archive->what = "unknown parameters";
        chunk->codec.id = PITH_CODEC_BYTES;
        chunk->codec.params_len = (r >> 16) % (PITH_CODEC_PARAMS_MAX + 1);
        for (size_t i = 0; i < chunk->codec.params_len; i++)
            chunk->codec.params[i] = (uint8_t)next_random(seed);
        break;
    default:
        archive->what = "modelled";
        chunk->codec.id = PITH_CODEC_BYTES;
        chunk->codec.params_len = 1;
        chunk->codec.params[0] = (uint8_t)(1 + (r >> 16) % PITH_LEVEL_MAX);
    }
}

static void forge_single(struct archive *archive, uint64_t *seed)
{
    struct pith_chunk_header chunk = {.is_single = 1};

    forge_claims(&chunk, archive, seed);
    chunk.flags = pith_frame_flags(1 + (int)(next_random(seed) % PITH_LEVEL_MAX), PITH_FLAG_SINGLE);
    if (next_random(seed) % 4 == 0 && chunk.codec.id == PITH_CODEC_BYTES &&
        chunk.codec.params_len == 1) {
        /* All that the payload claims is there: only -M stands between the claim and the memory. */
        archive->what = "modelled, whole";
        archive->may_be = MAY_BE_REFUSED;
        chunk.packed_len = 100;
        chunk.raw_len = ((uint64_t)16 << 20) + next_random(seed) % ((uint64_t)1 << 30);
        if (chunk.raw_len > PITH_CHUNK_LEN_MAX)
            chunk.raw_len = PITH_CHUNK_LEN_MAX;
    }
    pith_chunk_write(&chunk, next_random(seed));
    add(archive, chunk.bytes, chunk.len);
    add_random(archive, 100, seed);
}

static void forge_full(struct archive *archive, uint64_t *seed)
{
    struct pith_frame_header frame = {.chunk_len = PITH_CHUNK_LEN_MAX};
    struct pith_chunk_header chunk = {.codec.id = 0};
    uint8_t bytes[2 * PITH_HEADER_MAX];
    uint64_t r = next_random(seed);

    frame.flags = pith_frame_flags(1 + (int)(r % PITH_LEVEL_MAX), r >> 8 & 1 ? PITH_FLAG_SIZED : 0);
    frame.content_size = huge(seed);
    if (r >> 9 & 1)
        frame.chunk_len = huge(seed);
    add(archive, bytes, pith_frame_write(bytes, &frame, huge(seed), r));
    forge_claims(&chunk, archive, seed);
    chunk.id = frame.id;
    chunk.raw_offset = r >> 10 & 7 ? 0 : huge(seed);
    if ((r >> 16) % 8 ==
        0) { /* its own check is wrong, as a sound one of 2^40 would take an hour */
        archive->what = "fill";
        pith_chunk_plan_fill(&chunk, (uint8_t)r, 1 + huge(seed) % PITH_FILL_LEN_MAX);
        chunk.id = frame.id;
    }
    pith_chunk_write(&chunk, next_random(seed));
    add(archive, chunk.bytes, chunk.len);
    add_random(archive, 1 + (size_t)(r >> 20) % 200, seed);
}

/* An index or a footer that claims to be long, behind one sound chunk. */
static void forge_index(struct archive *archive, uint64_t *seed)
{
    struct pith_frame_header frame = {.chunk_len = PITH_CHUNK_LEN_MIN};
    struct pith_chunk_header chunk = {.codec.id = PITH_CODEC_FILL};
    struct pith_index_sum sum;
    uint8_t bytes[2 * PITH_HEADER_MAX];
    size_t len;

    archive->what = "index";
    archive->may_be = MAY_BE_CORRUPT;
    frame.flags = pith_frame_flags(1, 0);
    add(archive, bytes, pith_frame_write(bytes, &frame, 0, next_random(seed)));
    pith_chunk_plan_fill(&chunk, 0, 1000);
    chunk.id = frame.id;
    pith_chunk_write(&chunk, 0);
    add(archive, chunk.bytes, chunk.len);
    pith_index_sum_init(&sum);
    if (pith_index_sum_chunk(&sum, bytes, &len, &chunk, 0, NULL) != PITH_OK)
        die("index");
    sum.n_chunks = 1 + huge(seed);
    sum.entries_len = huge(seed);
    add(archive, bytes, pith_index_head_write(bytes, &frame, &sum));
    add_random(archive, (size_t)(next_random(seed) % 300), seed);
    add(archive, bytes, pith_index_end_write(bytes, &frame, &sum));
}

struct most {
    long rss_kib;
    double seconds;
};

static int run_once(const struct archive *archive, struct rusage *usage, double *seconds)
{
    const char *const arguments[] = {"-t", "-M4MiB", "a.pith", NULL};
    double began;
    int status;

    write_file("a.pith", archive->bytes, archive->len);
    began = seconds_now();
    status = finish(start(arguments, NULL), usage);
    *seconds = seconds_now() - began;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* False if a promise is broken, which is told. */
static int try(const struct archive *archive, uint64_t number, unsigned long codes[5],
               struct most *most)
{
    struct rusage usage;
    double seconds = 1;
    int code = 0, is_good, may_be;

    for (int tries = 0; tries < 12 && seconds > seconds_max; tries++) {
        struct timespec pause = {0, 40000000L * tries}; /* others use the machine too */

        nanosleep(&pause, NULL);
        code = run_once(archive, &usage, &seconds);
    }
    may_be = code == 2 ? MAY_BE_CORRUPT : code == 4 ? MAY_BE_REFUSED : 0;
    is_good =
        (may_be & archive->may_be) != 0 && usage.ru_maxrss < RSS_KIB_MAX && seconds <= seconds_max;
    if (usage.ru_maxrss > most->rss_kib)
        most->rss_kib = usage.ru_maxrss;
    if (seconds > most->seconds)
        most->seconds = seconds;
    if (code >= 0 && code < 5)
        codes[code]++;
    if (!is_good && ++n_failed <= 20)
        printf("FAIL  forgery %llu (%s): exit code %d, %ld KiB, %.1f ms\n",
               (unsigned long long)number, archive->what, code, usage.ru_maxrss, seconds * 1000);
    return is_good;
}

int main(int argc, char **argv)
{
    unsigned long codes[5] = {0}, n = is_full_run() ? 100000 : 1000, n_good = 0;
    struct most most = {0};

    begin(argc, argv);
    for (unsigned long i = 0; i < n; i++) {
        struct archive archive = {.len = 0};
        uint64_t seed = test_seed() ^ (uint64_t)i << 32;

        if (i % 8 == 7)
            forge_index(&archive, &seed);
        else if (i % 2)
            forge_full(&archive, &seed);
        else
            forge_single(&archive, &seed);
        n_good += (unsigned long)try(&archive, i, codes, &most);
    }
    n_failed = n_good != n;
    n_passed = n_good == n;
    printf("%lu forged archives: exit code 0 %lu times, 1 %lu, 2 %lu, 4 %lu; most memory %ld KiB, "
           "longest time %.1f ms\n",
           n, codes[0], codes[1], codes[2], codes[4], most.rss_kib, most.seconds * 1000);
    return end();
}

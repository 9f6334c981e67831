/* Damage stays local: a long archive of many chunks, damaged as disks and networks do it, and
 * pith -d --keep-going.
 *
 *   salvage PITH_BINARY
 *
 * Each run: one bit flipped, a 4 KiB sector zeroed or gone, the tail cut off, the head gone.  What is
 * told as lost and what came back must make up the whole; what came back must be right, in its place;
 * and no more chunks may be lost than the damage touches.  64 MB in the full run. */
#include "promises/command.h"

#include <pith/pith.h>

enum { CHUNK_LEN = 65536, SECTOR_LEN = 4096, CHUNKS_CAP = 2048 };

enum damage { FLIP, SECTOR_ZEROED, SECTOR_GONE, TAIL_CUT, HEAD_GONE, N_DAMAGES };

static const char *const names[] = {"one bit flipped", "4 KiB zeroed", "4 KiB gone", "tail cut off",
                                    "head gone"};

struct archive {
    unsigned char *raw, *packed;
    size_t raw_len, packed_len;
    size_t n_chunks;
    uint64_t starts[CHUNKS_CAP + 1]; /* packed offsets of the chunks, then of the index */
};

static int note_chunk(void *opaque, const pith_chunk_info *chunk)
{
    struct archive *archive = opaque;

    if (archive->n_chunks == CHUNKS_CAP)
        return 1;
    archive->starts[archive->n_chunks++] = chunk->packed_offset;
    archive->starts[archive->n_chunks] = chunk->packed_offset + chunk->packed_len;
    return 0;
}

static int read_packed(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    const struct archive *archive = opaque;

    memcpy(buffer, archive->packed + offset, len);
    return 0;
}

/* Text in every eighth chunk only, and random bytes in the others, so that 64 MB take seconds. */
static void make_archive(struct archive *archive, size_t raw_len)
{
    pith_options options = {.struct_size = sizeof options,
                            .level = 1,
                            .threads = 2,
                            .chunk_len = CHUNK_LEN,
                            .no_verify = 1};
    size_t cap = pith_compress_bound(raw_len);
    uint64_t seed = test_seed();
    pith_archive_info info;

    archive->raw_len = raw_len;
    archive->raw = malloc(raw_len);
    archive->packed = malloc(cap);
    if (!archive->raw || !archive->packed)
        die("memory");
    for (size_t at = 0, i = 0; at < raw_len; at += CHUNK_LEN, i++) {
        size_t len = raw_len - at < CHUNK_LEN ? raw_len - at : CHUNK_LEN;

        if (i % 8 == 0)
            fill_lines(archive->raw + at, len, seed + i);
        for (size_t k = 0; i % 8 != 0 && k < len; k++)
            archive->raw[at + k] = (unsigned char)(next_random(&seed) >> 8);
    }
    if (pith_compress(archive->packed, cap, &archive->packed_len, archive->raw, raw_len, &options,
                      NULL) != PITH_OK ||
        pith_list(&info, read_packed, archive, archive->packed_len, note_chunk, archive, NULL) !=
            PITH_OK)
        die("packing");
}

/* How many chunks a damaged range of the archive touches. */
static size_t touched(const struct archive *archive, uint64_t start, uint64_t end)
{
    size_t n = 0;

    for (size_t i = 0; i < archive->n_chunks; i++)
        n += archive->starts[i] < end && archive->starts[i + 1] > start;
    return n;
}

/* Writes the damaged archive.  Returns the chunks that it may cost. */
static size_t write_damaged(const struct archive *archive, enum damage damage, uint64_t *seed)
{
    unsigned char *bad = malloc(archive->packed_len);
    size_t len = archive->packed_len, end;
    size_t at = (size_t)(next_random(seed) % (len - SECTOR_LEN)), n;

    if (!bad)
        die("memory");
    memcpy(bad, archive->packed, len);
    if (damage != FLIP)
        at -= at % SECTOR_LEN;
    end = at + (damage == FLIP ? 1 : SECTOR_LEN);
    switch (damage) {
    case FLIP:
        bad[at] ^= (unsigned char)(1 << next_random(seed) % 8);
        break;
    case SECTOR_ZEROED:
        memset(bad + at, 0, SECTOR_LEN);
        break;
    case SECTOR_GONE:
        memmove(bad + at, bad + at + SECTOR_LEN, len - at - SECTOR_LEN);
        len -= SECTOR_LEN;
        break;
    case TAIL_CUT:
        end = len;
        len = at;
        break;
    default:
        end = at;
        memmove(bad, bad + at, len - at);
        len -= at;
        at = 0;
    }
    write_file("bad.pith", bad, len);
    free(bad);
    n = touched(archive, at, end);
    return n;
}

/* Adds up what "err" tells as lost, and clears those bytes of `whole`.  -1 if it is not clear. */
static long long lost_bytes(unsigned char *whole, size_t whole_len)
{
    FILE *err = fopen("err", "r");
    unsigned long long from, to, n;
    long long sum = 0;
    char line[MESSAGE_CAP];

    if (!err)
        die("err");
    while (fgets(line, sizeof line, err)) {
        if (sscanf(line, "pith: bad.pith: lost: bytes %llu to %llu (%llu)", &from, &to, &n) != 3)
            continue;
        if (to < from || to - from + 1 != n || to >= whole_len) {
            sum = -1;
            break;
        }
        memset(whole + from, 0, (size_t)n);
        sum += (long long)n;
    }
    fclose(err);
    return sum;
}

/* 1 = as promised. */
static int run_once(const struct archive *archive, enum damage damage, uint64_t *seed,
                    uint64_t *n_lost_chunks)
{
    static const char *const restore[] = {"-d", "--keep-going", "-f", "-T2", "bad.pith", NULL};
    size_t may_cost = write_damaged(archive, damage, seed), found_len;
    unsigned char *expected = malloc(archive->raw_len), *found;
    int status, is_good;
    struct rusage usage;
    long long lost;

    if (!expected)
        die("memory");
    memcpy(expected, archive->raw, archive->raw_len);
    unlink("bad");
    status = finish(start(restore, NULL), &usage);
    found = read_file("bad", &found_len);
    lost = lost_bytes(expected, archive->raw_len);
    is_good = WIFEXITED(status) && WEXITSTATUS(status) == 2 && lost >= 0 &&
              (uint64_t)lost <= (uint64_t)may_cost * CHUNK_LEN;
    if (found)
        is_good = is_good && found_len <= archive->raw_len &&
                  memcmp(found, expected, found_len) == 0 &&
                  (found_len == archive->raw_len || lost > 0);
    else
        is_good = is_good && may_cost == archive->n_chunks;
    for (size_t i = found_len; found && i < archive->raw_len; i++)
        is_good = is_good && expected[i] == 0; /* a tail that is lost is told */
    if (!is_good)
        printf("%s: status %d, %lld bytes lost, %zu chunks touched, %zu of %zu bytes came\n",
               names[damage], status, lost, may_cost, found_len, archive->raw_len);
    *n_lost_chunks += lost > 0 ? ((uint64_t)lost + CHUNK_LEN - 1) / CHUNK_LEN : 0;
    free(found);
    free(expected);
    return is_good;
}

int main(int argc, char **argv)
{
    int n_runs = is_full_run() ? 20 : 3;
    static struct archive archive;
    uint64_t seed = test_seed();

    begin(argc, argv);
    make_archive(&archive, is_full_run() ? (size_t)64 << 20 : (size_t)2 << 20);
    for (int damage = 0; damage < N_DAMAGES; damage++) {
        uint64_t n_lost = 0;
        char what[200];
        int n_good = 0;

        for (int i = 0; i < n_runs; i++)
            n_good += run_once(&archive, (enum damage)damage, &seed, &n_lost);
        snprintf(what, sizeof what,
                 "%-16s %d of %d runs as promised; %zu chunks, %.1f of them lost on average",
                 names[damage], n_good, n_runs, archive.n_chunks, (double)n_lost / n_runs);
        verdict(n_good == n_runs, what);
    }
    free(archive.raw);
    free(archive.packed);
    return end();
}

/* One row an archive and a row of totals; with -v exact numbers and one row a chunk and a tensor.  Nothing but
 * the heads of tensor files is decoded; the indexes stand at the ends of frames, so a pipe cannot be listed. */
#include "posix.h"

#include "about_prior.h"
#include "io.h"
#include "json.h"
#include "list.h"
#include "number.h"
#include "point_fields.h"
#include "priors.h"
#include "source.h"
#include "tensors.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NEEDS_MAX = 16, TENSOR_HEAD_MAX = 1 << 20 };

/* Ids, each once, or of more the first. */
struct ids {
    unsigned char list[NEEDS_MAX][PITH_PRIOR_ID_LEN];
    unsigned n;
    bool has_more;
};

_Static_assert(PITH_BASE_ID_LEN == PITH_PRIOR_ID_LEN, "ids are alike");

/* What an archive needs. */
struct needs {
    bool has_tensors; /* a chunk has been coded as tensors */
    bool has_points;  /* or as points */
    bool has_head;    /* the first chunk is so short that it may be the head of a file of them */
    struct ids priors, bases;
};

struct listing {
    const struct settings *settings;
    pith_archive_info sum;  /* over the files so far; decode_memory is the largest */
    int n_listed, n_priors; /* archives, and priors beside them */
    struct json json;       /* begun with --json only */
};

static void print_label(const char *label)
{
    message_print_masked(stdout, label);
    putchar('\n');
}

static void print_heading(void)
{
    printf("%7s %8s %10s %10s %8s %5s %10s  %s\n", "Frames", "Chunks", "Packed", "Raw", "Ratio",
           "Level", "Memory", "Name");
}

static void print_row(const pith_archive_info *info, const char *label)
{
    char packed[NUMBER_TEXT_CAP], raw[NUMBER_TEXT_CAP], memory[NUMBER_TEXT_CAP], level[16] = "-";

    if (info->level != 0)
        snprintf(level, sizeof level, "%d", info->level);
    printf("%7" PRIu64 " %8" PRIu64 " %10s %10s %8.3f %5s %10s  ", info->frames, info->chunks,
           number_size_text(packed, info->packed_len), number_size_text(raw, info->raw_len),
           info->packed_len == 0 ? 0 : (double)info->raw_len / (double)info->packed_len, level,
           number_size_text(memory, info->decode_memory));
    print_label(label);
}

static void note_id(struct ids *ids, const unsigned char *id)
{
    for (unsigned i = 0; i < ids->n; i++)
        if (memcmp(ids->list[i], id, PITH_PRIOR_ID_LEN) == 0)
            return;
    if (ids->n == NEEDS_MAX)
        ids->has_more = true;
    else
        memcpy(ids->list[ids->n++], id, PITH_PRIOR_ID_LEN);
}

/* pith_chunk_fn. */
static int note_need(void *opaque, const pith_chunk_info *chunk)
{
    struct needs *needs = opaque;

    needs->has_tensors |= strcmp(chunk->codec, "tensor") == 0;
    needs->has_points |= strcmp(chunk->codec, "points") == 0;
    needs->has_head |=
        chunk->raw_offset == 0 && chunk->raw_len <= TENSOR_HEAD_MAX && !chunk->has_prior;
    if (chunk->has_prior)
        note_id(&needs->priors, chunk->prior_id);
    if (chunk->has_base)
        note_id(&needs->bases, chunk->base_id);
    return 0;
}

static bool may_have_tensors(const pith_archive_info *info, const struct needs *needs)
{
    return needs->has_tensors || (needs->has_head && info->chunks > 1);
}

static int print_chunk(void *opaque, const pith_chunk_info *chunk)
{
    char memory[NUMBER_TEXT_CAP];
    uint64_t *number = opaque;

    printf("%8" PRIu64 " %6" PRIu64 " %14" PRIu64 " %12" PRIu64 " %14" PRIu64 " %12" PRIu64
           " %10s  %s",
           (*number)++, chunk->frame, chunk->packed_offset, chunk->packed_len, chunk->raw_offset,
           chunk->raw_len, number_size_text(memory, chunk->decode_memory), chunk->codec);
    if (chunk->builtin_prior != 0)
        printf(", built-in prior %u", chunk->builtin_prior);
    putchar('\n');
    return 0;
}

static void print_ids(const char *what, const struct ids *ids)
{
    char id[ABOUT_ID_CAP];

    for (unsigned i = 0; i < ids->n; i++)
        printf("  needs the %s %s%s\n", what, about_prior_id(id, ids->list[i]),
               ids->has_more && i + 1 == ids->n ? " and more" : "");
}

static void write_ids(struct json *json, const char *name, const struct ids *ids)
{
    char id[ABOUT_ID_CAP];

    json_open_array(json, name);
    for (unsigned i = 0; i < ids->n; i++)
        json_text(json, NULL, about_prior_id(id, ids->list[i]));
    json_close(json);
}

static void print_details(const pith_archive_info *info, const struct needs *needs,
                          const char *label)
{
    char memory[NUMBER_TEXT_CAP];

    print_label(label);
    printf("  %" PRIu64 " frames, %" PRIu64 " chunks, level %d, packed %" PRIu64 ", raw %" PRIu64
           ", ratio %.3f, %s to decode, check XXH3-64\n",
           info->frames, info->chunks, info->level, info->packed_len, info->raw_len,
           info->packed_len == 0 ? 0 : (double)info->raw_len / (double)info->packed_len,
           number_size_text(memory, info->decode_memory));
    print_ids("prior", &needs->priors);
    print_ids("base", &needs->bases);
    if (info->chunks > 0)
        printf("%8s %6s %14s %12s %14s %12s %10s  %s\n", "Chunk", "Frame", "Packed at", "Packed",
               "Raw at", "Raw", "Memory", "Codec");
}

static void write_sums(struct json *json, const pith_archive_info *info)
{
    json_uint(json, "frames", info->frames);
    json_uint(json, "chunks", info->chunks);
    json_uint(json, "raw_bytes", info->raw_len);
    json_uint(json, "packed_bytes", info->packed_len);
    json_uint(json, "decode_memory_bytes", info->decode_memory);
}

static int write_chunk(void *opaque, const pith_chunk_info *chunk)
{
    struct json *json = opaque;
    char id[ABOUT_ID_CAP];

    json_open_object(json, NULL);
    json_uint(json, "frame", chunk->frame);
    json_text(json, "codec", chunk->codec);
    json_uint(json, "raw_offset", chunk->raw_offset);
    json_uint(json, "raw_bytes", chunk->raw_len);
    json_uint(json, "packed_offset", chunk->packed_offset);
    json_uint(json, "packed_bytes", chunk->packed_len);
    json_uint(json, "decode_memory_bytes", chunk->decode_memory);
    if (chunk->has_prior)
        json_text(json, "prior", about_prior_id(id, chunk->prior_id));
    else
        json_null(json, "prior");
    if (chunk->builtin_prior != 0)
        json_uint(json, "builtin_prior", chunk->builtin_prior);
    else
        json_null(json, "builtin_prior");
    if (chunk->has_base)
        json_text(json, "base", about_prior_id(id, chunk->base_id));
    else
        json_null(json, "base");
    json_close(json);
    return 0;
}

static enum code explain(const struct source *source, const struct io_window *window,
                         const pith_error *error)
{
    if (error->status == PITH_E_IO && window->error != 0)
        return message_errno(source->label, "cannot read", window->error);
    return message_library(source->label, error, 1);
}

static pith_status write_archive(struct listing *listing, const struct source *source,
                                 struct io_window *window, const pith_archive_info *info,
                                 const struct needs *needs, pith_error *error)
{
    struct json *json = &listing->json;
    pith_archive_info again;
    pith_status status = PITH_OK;

    json_open_object(json, NULL);
    json_text(json, "name", source->label);
    if (info->level == 0)
        json_null(json, "level");
    else
        json_uint(json, "level", (uint64_t)info->level);
    json_text(json, "check", "xxh3-64");
    write_sums(json, info);
    write_ids(json, "priors", &needs->priors);
    write_ids(json, "bases", &needs->bases);
    if (message_verbosity() > 0) {
        json_open_array(json, "chunk_list");
        status = pith_list(&again, io_read_at, window, source->len, write_chunk, json, error);
        json_close(json);
        json_open_array(json, "tensors");
        if (status == PITH_OK && may_have_tensors(info, needs))
            tensors_list(json, source, window, listing->settings->memory_limit);
        json_close(json);
        if (status == PITH_OK && needs->has_points)
            points_list(json, source, window, listing->settings->memory_limit);
        else
            json_null(json, "points");
    }
    json_close(json);
    return status;
}

static void begin_json(struct listing *listing)
{
    json_begin(&listing->json, stdout);
    json_open_object(&listing->json, NULL);
    json_open_array(&listing->json, "files");
}

static void end_json(struct listing *listing)
{
    json_close(&listing->json);
    json_open_object(&listing->json, "totals");
    json_uint(&listing->json, "files", (uint64_t)(listing->n_listed + listing->n_priors));
    write_sums(&listing->json, &listing->sum);
    json_close(&listing->json);
    json_close(&listing->json);
}

static enum code list_prior(struct listing *listing, const struct source *source)
{
    struct json *json = &listing->json;
    pith_prior_info info;
    enum code code = priors_peek(&info, source);

    if (code != CODE_DONE)
        return code;
    listing->n_priors++;
    if (!listing->settings->json) {
        about_prior_print(&info, source->label, message_verbosity() > 0);
        return CODE_DONE;
    }
    json_open_object(json, NULL);
    json_text(json, "name", source->label);
    json_text(json, "kind", "prior");
    about_prior_write(json, &info);
    json_close(json);
    return CODE_DONE;
}

static enum code list_source(struct listing *listing, const struct source *source)
{
    struct io_window window = {.descriptor = source->descriptor, .start = source->start};
    pith_error error = {.status = PITH_OK};
    struct needs needs = {.has_tensors = false};
    pith_archive_info info;
    uint64_t number = 0;
    bool is_prior;
    enum code code;

    if (!S_ISREG(source->status.st_mode))
        return message_error(source->label, "cannot be listed: -l needs a seekable file, not a "
                                            "pipe or device");
    code = priors_look(&is_prior, source);
    if (code != CODE_DONE || is_prior)
        return code == CODE_DONE ? list_prior(listing, source) : code;
    error.status = pith_list(&info, io_read_at, &window, source->len, note_need, &needs, &error);
    if (error.status != PITH_OK)
        return explain(source, &window, &error);
    listing->sum.frames += info.frames;
    listing->sum.chunks += info.chunks;
    listing->sum.raw_len += info.raw_len;
    listing->sum.packed_len += info.packed_len;
    if (info.decode_memory > listing->sum.decode_memory)
        listing->sum.decode_memory = info.decode_memory;
    if (listing->settings->json) {
        error.status = write_archive(listing, source, &window, &info, &needs, &error);
    } else if (message_verbosity() > 0) {
        print_details(&info, &needs, source->label);
        error.status =
            pith_list(&info, io_read_at, &window, source->len, print_chunk, &number, &error);
        if (error.status == PITH_OK && may_have_tensors(&info, &needs))
            tensors_list(NULL, source, &window, listing->settings->memory_limit);
        if (error.status == PITH_OK && needs.has_points)
            points_list(NULL, source, &window, listing->settings->memory_limit);
    } else {
        if (listing->n_listed == 0)
            print_heading();
        print_row(&info, source->label);
    }
    listing->n_listed++;
    return error.status == PITH_OK ? CODE_DONE : explain(source, &window, &error);
}

static enum code list_file(struct listing *listing, const char *path)
{
    struct source source;
    enum code code = source_open(&source, path, listing->settings->force);

    if (code != CODE_DONE)
        return code;
    code = list_source(listing, &source);
    source_close(&source);
    return code;
}

enum code list_files(const struct settings *settings)
{
    struct listing listing = {.settings = settings};
    enum code code = CODE_DONE;
    char label[32];

    if (settings->json)
        begin_json(&listing);
    if (settings->n_files == 0)
        code = list_file(&listing, NULL);
    for (int i = 0; i < settings->n_files; i++) {
        code = code_worse(code, list_file(&listing, settings->files[i]));
        fflush(stdout); /* keeps rows and messages in order */
    }
    if (settings->json) {
        end_json(&listing);
    } else if (listing.n_listed > 1) {
        snprintf(label, sizeof label, "%d files", listing.n_listed);
        if (message_verbosity() > 0)
            print_heading();
        print_row(&listing.sum, label);
    }
    return code;
}

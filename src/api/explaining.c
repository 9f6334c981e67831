/* Explaining: the input goes through an encoder with a study, and what comes out is only counted.  So
 * the sizes are those that packing gives, to the byte. */
#include "api/encoder.h"
#include "api/settings.h"
#include "base/memory.h"
#include "codec/bytes/segment.h"
#include "container/format.h"

#include <string.h>

#define SCRATCH_LEN  ((size_t)64 << 10)
#define STORED_COST  (8 * 256)
#define ZEROS        4096
#define ARGUMENT_MAX 4096 /* of struct_size */

struct explain {
    struct pith_encoder_study study;
    struct pith_memory memory;
    void *costs, *parts, *scratch;
    const uint8_t *src;
    uint64_t at; /* raw bytes that were told of */
    pith_span_fn each;
    void *opaque;
    pith_explanation sum;
};

const pith_component *pith_component_at(unsigned n)
{
    return n < PITH_COMPONENTS ? &pith_components[n] : NULL;
}

static pith_status tell(struct explain *explain, const uint16_t *costs, size_t len,
                        const char *kind, pith_error *error)
{
    pith_span span = {.raw_offset = explain->at,
                      .data = explain->src + explain->at,
                      .len = len,
                      .costs = costs,
                      .kind = kind};

    if (len == 0) /* an empty input has a chunk, too */
        return PITH_OK;
    for (size_t i = 0; i < len; i++)
        explain->sum.cost += costs[i];
    explain->at += len;
    if (explain->each && explain->each(explain->opaque, &span))
        return pith_fail(error, PITH_E_CANCELLED, explain->at, "cancelled");
    return PITH_OK;
}

/* The next chunk's costs may stand in the buffer already. */
static pith_status tell_fill(struct explain *explain, uint64_t len, pith_error *error)
{
    static const uint16_t zeros[ZEROS];

    for (; len > 0; len -= len < ZEROS ? len : ZEROS)
        TRY(tell(explain, zeros, len < ZEROS ? (size_t)len : ZEROS, "fill", error));
    return PITH_OK;
}

static pith_status each_chunk(void *opaque, const struct pith_chunk_header *header,
                              pith_error *error)
{
    struct explain *explain = opaque;
    const struct pith_codec_study *codec = &explain->study.codec;
    uint16_t *costs = codec->costs;

    explain->sum.chunks++;
    explain->sum.payload_len += header->codec.id == PITH_CODEC_FILL ? 0 : header->packed_len;
    if (!codec->model.is_watching)
        return PITH_OK;
    if (header->codec.id == PITH_CODEC_FILL)
        return tell_fill(explain, header->raw_len, error);
    if (header->codec.id == PITH_CODEC_STORED) {
        for (size_t i = 0; i < header->raw_len; i++)
            costs[i] = STORED_COST;
        return tell(explain, costs, (size_t)header->raw_len, "stored", error);
    }
    for (size_t i = 0; i < codec->n_parts; i++) {
        TRY(tell(explain, costs, codec->parts[i].raw_len, codec->parts[i].kind, error));
        costs += codec->parts[i].raw_len;
    }
    return PITH_OK;
}

static pith_status take_memory(struct explain *explain, uint64_t chunk_len, pith_error *error)
{
    struct pith_codec_study *codec = &explain->study.codec;

    TRY(pith_memory_take(&explain->memory, &explain->scratch, SCRATCH_LEN, "what is counted", 0,
                         error));
    if (!codec->model.is_watching)
        return PITH_OK;
    TRY(pith_memory_take(&explain->memory, &explain->costs, chunk_len * sizeof *codec->costs,
                         "the costs of a chunk's bytes", 0, error));
    TRY(pith_memory_take(&explain->memory, &explain->parts,
                         pith_segments_max(chunk_len) * sizeof *codec->parts, "a chunk's parts", 0,
                         error));
    codec->costs = explain->costs;
    codec->parts = explain->parts;
    return PITH_OK;
}

static pith_status run(struct explain *explain, size_t src_len, const pith_options *settings,
                       pith_error *error)
{
    pith_in in = {.data = explain->src, .size = src_len};
    pith_encoder *encoder;
    pith_status status;

    TRY(pith_encoder_make(&encoder, settings, src_len, error));
    pith_encoder_set_study(encoder, &explain->study);
    do {
        pith_out out = {.data = explain->scratch, .size = SCRATCH_LEN};

        status = pith_encoder_run(encoder, &out, &in, PITH_FINISH, error);
        explain->sum.packed_len += out.pos;
    } while (status == PITH_OK);
    pith_encoder_destroy(encoder);
    return status == PITH_END ? PITH_OK : status;
}

static void sum_up(struct explain *explain)
{
    const struct pith_study *model = &explain->study.codec.model;

    explain->sum.components = model->used;
    explain->sum.bits = model->n_bits;
    memcpy(explain->sum.shares, model->shares, sizeof model->shares);
}

pith_status pith_explain(pith_explanation *explanation, const void *src, size_t src_len,
                         uint32_t left_out, pith_span_fn each, void *each_opaque,
                         const pith_options *options, pith_error *error)
{
    struct explain explain = {.src = src, .each = each, .opaque = each_opaque};
    pith_options settings;
    pith_status status;
    size_t struct_size;

    if (!explanation || (!src && src_len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         explanation ? "src" : "explanation");
    struct_size = explanation->struct_size;
    if (struct_size < sizeof struct_size || struct_size > ARGUMENT_MAX)
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "explanation.struct_size is %zu, expected sizeof(pith_explanation) = %zu",
                         struct_size, sizeof *explanation);
    TRY(pith_settings_take_encoding(&settings, options, error));
    explain.study.codec.model.left_out = left_out;
    explain.study.codec.model.is_watching = each != NULL;
    explain.study.each = each_chunk;
    explain.study.opaque = &explain;
    explain.sum =
        (pith_explanation){.struct_size = struct_size, .level = settings.level, .raw_len = src_len};
    if (settings.prior)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "explaining with a prior is not possible");
    pith_memory_init(&explain.memory, settings.allocator, settings.memory_limit);
    status =
        take_memory(&explain, src_len < settings.chunk_len ? src_len : settings.chunk_len, error);
    if (status == PITH_OK) {
        settings.memory_limit = pith_memory_left(&explain.memory);
        settings.threads = 1;
        settings.no_verify = 1;
        settings.no_builtin = 1; /* what is watched is what learns */
        status = run(&explain, src_len, &settings, error);
    }
    pith_memory_give(&explain.memory, explain.parts);
    pith_memory_give(&explain.memory, explain.costs);
    pith_memory_give(&explain.memory, explain.scratch);
    if (status != PITH_OK)
        return status;
    sum_up(&explain);
    memset(explanation, 0, struct_size);
    memcpy(explanation, &explain.sum,
           struct_size < sizeof explain.sum ? struct_size : sizeof explain.sum);
    return PITH_OK;
}

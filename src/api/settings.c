/* See settings.h. */
#include "api/settings.h"

#include "api/parameters.h"
#include "container/format.h"
#include "prior/prior.h"

#include <inttypes.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* The first pith.h ended before `executor`; nobody has use for a struct as long as the other. */
#define STRUCT_LEN_MIN offsetof(pith_options, executor)
#define STRUCT_LEN_MAX 4096

uint64_t pith_level_chunk_len(int level)
{
    static const uint64_t len[PITH_LEVEL_MAX + 1] = {
        0,        8 * MIB,  16 * MIB,  24 * MIB,  32 * MIB,
        32 * MIB, 64 * MIB, 128 * MIB, 128 * MIB, 128 * MIB,
    };

    return len[level];
}

/* A caller built against a later pith.h has a longer struct; what this version does not know must be
 * unset there. */
static int is_zero_after(const pith_options *options, size_t known)
{
    const uint8_t *bytes = (const uint8_t *)options;

    for (size_t i = known; i < options->struct_size; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

pith_status pith_settings_take(pith_options *settings, const pith_options *options,
                               pith_error *error)
{
    memset(settings, 0, sizeof *settings);
    if (options) {
        size_t known =
            options->struct_size < sizeof *settings ? options->struct_size : sizeof *settings;

        if (options->struct_size < STRUCT_LEN_MIN || options->struct_size > STRUCT_LEN_MAX)
            return pith_fail(error, PITH_E_ARGUMENT, 0,
                             "options.struct_size is %zu, expected sizeof(pith_options) = %zu",
                             options->struct_size, sizeof *settings);
        if (!is_zero_after(options, known))
            return pith_fail(error, PITH_E_ARGUMENT, 0,
                             "options set something that this version of pith does not know");
        memcpy(settings, options, known);
    }
    settings->struct_size = sizeof *settings;
    if (settings->threads == 0)
        settings->threads = 1;
    if (settings->threads > PITH_THREADS_MAX)
        settings->threads = PITH_THREADS_MAX;
    if (settings->memory_limit == 0)
        settings->memory_limit = PITH_MEMORY_LIMIT_DEFAULT;
    if (settings->allocator && (!settings->allocator->allocate || !settings->allocator->release))
        return pith_fail(error, PITH_E_ARGUMENT, 0,
                         "options.allocator needs both allocate and release");
    if (settings->executor && !settings->executor->start)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "options.executor needs start");
    return PITH_OK;
}

pith_status pith_settings_take_encoding(pith_options *settings, const pith_options *options,
                                        pith_error *error)
{
    TRY(pith_settings_take(settings, options, error));
    TRY(pith_parameters_check_encoding(settings, error));
    if (settings->prior && settings->level == 0)
        settings->level = settings->prior->codec.level;
    if (settings->level == 0)
        settings->level = PITH_LEVEL_DEFAULT;
    if (settings->prior && settings->level != settings->prior->codec.level)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "level is %d, the prior was made for level %d",
                         settings->level, settings->prior->codec.level);
    if (settings->prior && settings->base)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "a prior and a base exclude each other");
    if (settings->base && settings->array)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "a base and an array exclude each other");
    if (settings->prior && settings->array)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "a prior and an array exclude each other");
    if (settings->points && (settings->prior || settings->base || settings->array))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "points exclude priors, bases and arrays");
    if (settings->grid && (settings->prior || settings->base || settings->array))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "a grid excludes priors, bases and arrays");
    if (settings->chunk_len == 0)
        settings->chunk_len = pith_level_chunk_len(settings->level);
    return PITH_OK;
}

pith_status pith_settings_check_buffers(const pith_out *out, const pith_in *in, pith_action action,
                                        uint64_t position, pith_error *error)
{
    if (!out || !in || out->pos > out->size || in->pos > in->size ||
        (!out->data && out->size > 0) || (!in->data && in->size > 0))
        return pith_fail(error, PITH_E_ARGUMENT, position,
                         "input or output buffer is NULL or its pos is past its size");
    if (action != PITH_RUN && action != PITH_FINISH)
        return pith_fail(error, PITH_E_ARGUMENT, position, "unknown action %d", (int)action);
    return PITH_OK;
}

pith_status pith_output_limit_fail(pith_error *error, const char *what, uint64_t start,
                                   uint64_t total, uint64_t limit)
{
    return pith_fail(error, PITH_E_OUTPUT_LIMIT, start,
                     "the %s at byte %" PRIu64 " takes the output to %" PRIu64
                     " bytes, the limit is %" PRIu64,
                     what, start, total, limit);
}

pith_status pith_error_copy(pith_error *error, const pith_error *from)
{
    if (error)
        *error = *from;
    return from->status;
}

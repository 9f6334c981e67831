/* See compact_frame.h. */
#include "posix.h"

#include "compact_frame.h"
#include "whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_MODELLED = 0xf8, FIRST_STORED = 0xf9 };

bool compact_is_frame(const unsigned char *data, size_t len)
{
    return len > 0 && (data[0] == FIRST_MODELLED || data[0] == FIRST_STORED);
}

static enum code open_coder(pith_message_coder **coder, const struct settings *settings,
                            const struct source *source, bool is_decoding)
{
    pith_error error = {.status = PITH_OK};
    pith_options options;

    args_options(&options, settings);
    if (is_decoding)
        options.level = 0;
    error.status = pith_message_coder_create(coder, COMPACT_LEN_MAX, &options, &error);
    return error.status == PITH_OK ? CODE_DONE
                                   : message_library(source->label, &error, is_decoding);
}

/* Packs into a new block, which the caller frees. */
static enum code pack(pith_message_coder *coder, unsigned char **packed, size_t *packed_len,
                      const struct settings *settings, const struct source *source,
                      const unsigned char *data, size_t len)
{
    size_t cap = pith_message_bound(len), back_len = 0;
    unsigned char *back = malloc(len + 1);
    pith_error error = {.status = PITH_OK};
    enum code code = CODE_DONE;

    *packed = malloc(cap);
    if (back == NULL || *packed == NULL)
        code = message_errno(source->label, NULL, ENOMEM);
    if (code == CODE_DONE)
        error.status = pith_message_pack(coder, *packed, cap, packed_len, data, len, &error);
    if (code == CODE_DONE && error.status == PITH_OK && !settings->no_verify) {
        error.status =
            pith_message_unpack(coder, back, len, &back_len, *packed, *packed_len, &error);
        if (error.status == PITH_OK && (back_len != len || memcmp(back, data, len) != 0))
            error.status = PITH_E_INTERNAL;
    }
    if (error.status != PITH_OK)
        code = message_library(source->label, &error, 0);
    free(back);
    return code;
}

enum code compact_pack(struct totals *totals, const struct settings *settings,
                       const struct source *source, struct output *output)
{
    pith_message_coder *coder = NULL;
    unsigned char *data, *packed = NULL;
    size_t len, packed_len = 0;
    enum code code = whole_read(&data, &len, source);

    *totals = (struct totals){0};
    if (code != CODE_DONE)
        return code;
    totals->in_len = len;
    if (len > COMPACT_LEN_MAX)
        code =
            message_error(source->label, "is longer than 64 KiB: --compact is for small messages");
    if (code == CODE_DONE)
        code = open_coder(&coder, settings, source, false);
    if (code == CODE_DONE)
        code = pack(coder, &packed, &packed_len, settings, source, data, len);
    if (code == CODE_DONE)
        code = output_write(output, packed, packed_len);
    totals->out_len = packed_len;
    pith_message_coder_destroy(coder);
    free(packed);
    free(data);
    return code;
}

enum code compact_unpack(struct totals *totals, const struct settings *settings,
                         const struct source *source, struct output *output,
                         const unsigned char *data, size_t len)
{
    pith_message_coder *coder = NULL;
    pith_error error = {.status = PITH_OK};
    unsigned char *raw = malloc(COMPACT_LEN_MAX);
    size_t raw_len = 0;
    enum code code = CODE_DONE;

    if (settings->prior == NULL) {
        free(raw);
        message_error(source->label,
                      "is a compact frame: name its prior, whose id begins with %02x, "
                      "with -D",
                      len > 1 ? data[1] : 0u);
        return CODE_CANNOT;
    }
    if (raw == NULL)
        code = message_errno(source->label, NULL, ENOMEM);
    if (code == CODE_DONE)
        code = open_coder(&coder, settings, source, true);
    if (code == CODE_DONE) {
        error.status =
            pith_message_unpack(coder, raw, COMPACT_LEN_MAX, &raw_len, data, len, &error);
        if (error.status != PITH_OK)
            code = message_library(source->label, &error, 1);
    }
    if (code == CODE_DONE && output != NULL)
        code = output_write(output, raw, raw_len);
    totals->out_len = raw_len;
    pith_message_coder_destroy(coder);
    free(raw);
    return code;
}

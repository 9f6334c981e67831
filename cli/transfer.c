/* The pump: read a block, let the library work, write what it gives.
 *
 * The library releases decoded bytes only after their chunk's check, so whatever is in the output
 * buffer may leave at once, even when the call that gave it failed further on. */
#include "posix.h"

#include "compact_frame.h"
#include "io.h"
#include "number.h"
#include "priors.h"
#include "tensors.h"
#include "transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Enough of the archive's beginning for pith_peek() to say what decoding needs. */
enum { HEAD_CAP = 1024 };

struct pump {
    const struct settings *settings;
    const struct source *source;
    struct output *output;
    struct totals *totals;
    pith_encoder *encoder; /* one of the two */
    pith_decoder *decoder;
    unsigned char *in_block, *out_block; /* IO_BLOCK_LEN each */
    unsigned char head[HEAD_CAP];
    size_t head_len;
    bool is_decoding;
};

static enum code explain_limit(const struct pump *pump, const pith_error *error)
{
    const struct settings *settings = pump->settings;
    char need_text[NUMBER_TEXT_CAP], limit_text[NUMBER_TEXT_CAP], option[NUMBER_TEXT_CAP];
    const char *label = pump->source->label;
    pith_frame_info info;
    uint64_t need = 0;

    if (!pump->is_decoding)
        need = pith_encode_need(settings->level != 0 ? settings->level : PITH_LEVEL_DEFAULT,
                                pump->source->len > 0 ? pump->source->len : UINT64_MAX,
                                settings->chunk_len);
    else if (pith_peek(&info, pump->head, pump->head_len, NULL) == PITH_OK)
        need = info.decode_memory;
    if (need <= settings->memory_limit) { /* a later frame, or some part the need leaves out */
        message_error(label, "%s: allow more with -M",
                      error->text[0] != '\0' ? error->text : pith_status_text(error->status));
    } else {
        number_size_text(need_text, need);
        number_size_text(limit_text, settings->memory_limit);
        number_size_option(option, need);
        message_error(label, "needs %s of memory, limit %s: allow it with -M %s%s", need_text,
                      limit_text, option, pump->is_decoding ? "" : ", or use a lower level");
    }
    return pump->is_decoding ? CODE_CANNOT : CODE_FAILED;
}

static enum code explain(const struct pump *pump, const pith_error *error)
{
    if (error->status == PITH_E_MEMORY_LIMIT)
        return explain_limit(pump, error);
    return message_library(pump->source->label, error, pump->is_decoding);
}

/* What needs another prior goes on once that is found. */
static enum code change_prior(struct pump *pump, pith_error *error)
{
    const char *label = pump->source->label;
    const pith_prior *prior;
    enum code code = priors_find(&prior, pump->settings, label, error);

    if (code != CODE_DONE)
        return code;
    error->status = pith_decoder_use_prior(pump->decoder, prior);
    return error->status == PITH_OK ? CODE_DONE : message_library(label, error, 1);
}

static enum code open_pump(struct pump *pump, struct progress *progress)
{
    pith_error error = {.status = PITH_OK};
    pith_options options;

    progress_options(&options, pump->settings, progress);
    if (pump->source->len > 0)
        options.size_hint = pump->source->len;
    pump->in_block = malloc(IO_BLOCK_LEN);
    pump->out_block = malloc(IO_BLOCK_LEN);
    if (pump->in_block == NULL || pump->out_block == NULL)
        return message_errno(pump->source->label, NULL, ENOMEM);
    if (pump->is_decoding)
        error.status = pith_decoder_create(&pump->decoder, &options, &error);
    else
        error.status = pith_encoder_create(&pump->encoder, &options, &error);
    return error.status == PITH_OK ? CODE_DONE : explain(pump, &error);
}

static void close_pump(struct pump *pump)
{
    pith_encoder_destroy(pump->encoder);
    pith_decoder_destroy(pump->decoder);
    free(pump->in_block);
    free(pump->out_block);
}

static enum code refill(struct pump *pump, pith_in *in, pith_action *action)
{
    size_t len;

    if (!io_read(pump->source->descriptor, pump->in_block, IO_BLOCK_LEN, &len))
        return message_errno(pump->source->label, "cannot read", errno);
    if (pump->totals->in_len == 0) {
        pump->head_len = len < HEAD_CAP ? len : HEAD_CAP;
        memcpy(pump->head, pump->in_block, pump->head_len);
    }
    *in = (pith_in){.data = pump->in_block, .size = len};
    *action = len < IO_BLOCK_LEN ? PITH_FINISH : PITH_RUN;
    pump->totals->in_len += len;
    return CODE_DONE;
}

/* The whole input is there, and is a compact frame. */
static bool is_compact(const struct pump *pump, const pith_in *in, pith_action action)
{
    return pump->is_decoding && action == PITH_FINISH && in->pos == 0 &&
           pump->totals->in_len == in->size && compact_is_frame(pump->in_block, in->size);
}

static enum code run_pump(struct pump *pump)
{
    pith_error error = {.status = PITH_OK};
    pith_in in = {.data = pump->in_block};
    pith_action action = PITH_RUN;
    enum code code = CODE_DONE;

    while (code == CODE_DONE && error.status != PITH_END) {
        pith_out out = {.data = pump->out_block, .size = IO_BLOCK_LEN};

        if (in.pos == in.size && action == PITH_RUN)
            code = refill(pump, &in, &action);
        if (code != CODE_DONE)
            break;
        if (is_compact(pump, &in, action))
            return compact_unpack(pump->totals, pump->settings, pump->source, pump->output,
                                  pump->in_block, in.size);
        error.status = pump->is_decoding
                           ? pith_decoder_run(pump->decoder, &out, &in, action, &error)
                           : pith_encoder_run(pump->encoder, &out, &in, action, &error);
        if (out.pos > 0 && pump->output != NULL)
            code = output_write(pump->output, pump->out_block, out.pos);
        pump->totals->out_len += out.pos;
        if (code == CODE_DONE && error.status == PITH_E_PRIOR)
            code = change_prior(pump, &error);
        else if (code == CODE_DONE && error.status != PITH_OK && error.status != PITH_END)
            code = explain(pump, &error);
    }
    return code;
}

enum code transfer_run(struct totals *totals, const struct settings *settings,
                       const struct source *source, struct output *output,
                       struct progress *progress)
{
    struct pump pump = {.settings = settings,
                        .source = source,
                        .output = output,
                        .totals = totals,
                        .is_decoding = settings->command != COMMAND_COMPRESS};
    enum code code;

    if (settings->compact && settings->command == COMMAND_COMPRESS)
        return compact_pack(totals, settings, source, output);
    *totals = (struct totals){0};
    if (!pump.is_decoding)
        tensors_note(source);
    code = open_pump(&pump, progress);
    if (code == CODE_DONE)
        code = run_pump(&pump);
    close_pump(&pump);
    return code;
}

/* One-shot calls: the streaming objects, given everything at once. */
#include "api/decoder.h"
#include "api/encoder.h"
#include "api/settings.h"

#include <string.h>

size_t pith_compress_bound(size_t raw_len)
{
    size_t extra = raw_len / 1000 + 64;

    return raw_len > SIZE_MAX - extra ? 0 : raw_len + extra;
}

static pith_status check_buffers(const void *dst, size_t dst_cap, size_t *dst_len, const void *src,
                                 size_t src_len, pith_error *error)
{
    if (dst_len)
        *dst_len = 0;
    if (!dst_len || (!dst && dst_cap > 0) || (!src && src_len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         !dst_len              ? "dst_len"
                         : !dst && dst_cap > 0 ? "dst"
                                               : "src");
    return PITH_OK;
}

/* PITH_OK: the destination is full. */
static pith_status compress(pith_out *out, pith_in *in, const pith_options *options, int as_bytes,
                            pith_error *error)
{
    pith_encoder *encoder;
    pith_status status;

    TRY(pith_encoder_make(&encoder, options, in->size, error));
    if (as_bytes)
        pith_encoder_ignore_tensors(encoder);
    status = pith_encoder_run(encoder, out, in, PITH_FINISH, error);
    pith_encoder_destroy(encoder);
    return status;
}

/* A short file of tensors that do not shrink may pass the bound, for it has chunks of its own for head and tensors;
 * as bytes, in one chunk, it does not. */
pith_status pith_compress(void *dst, size_t dst_cap, size_t *dst_len, const void *src,
                          size_t src_len, const pith_options *options, pith_error *error)
{
    pith_out out = {.data = dst, .size = dst_cap};
    pith_in in = {.data = src, .size = src_len};
    pith_status status;

    TRY(check_buffers(dst, dst_cap, dst_len, src, src_len, error));
    status = compress(&out, &in, options, 0, error);
    if (status == PITH_OK && dst_cap >= pith_compress_bound(src_len)) {
        out.pos = in.pos = 0;
        status = compress(&out, &in, options, 1, error);
    }
    if (status == PITH_OK)
        return pith_fail(error, PITH_E_OUTPUT_FULL, in.pos,
                         "the destination of %zu bytes is full; pith_compress_bound() is %zu",
                         dst_cap, pith_compress_bound(src_len));
    if (status != PITH_END)
        return status;
    *dst_len = out.pos;
    return PITH_OK;
}

pith_status pith_decompress(void *dst, size_t dst_cap, size_t *dst_len, const void *src,
                            size_t src_len, const pith_options *options, pith_error *error)
{
    pith_out out = {.data = dst, .size = dst_cap};
    pith_in in = {.data = src, .size = src_len};
    pith_decoder *decoder;
    pith_status status;

    TRY(check_buffers(dst, dst_cap, dst_len, src, src_len, error));
    TRY(pith_decoder_create(&decoder, options, error));
    pith_decoder_set_direct(decoder);
    status = pith_decoder_run(decoder, &out, &in, PITH_FINISH, error);
    pith_decoder_destroy(decoder);
    if (status != PITH_END)
        return status;
    *dst_len = out.pos;
    return PITH_OK;
}

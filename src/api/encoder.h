/* What the one-shot calls know of the streaming encoder beyond the public interface. */
#ifndef PITH_API_ENCODER_H
#define PITH_API_ENCODER_H

#include "codec/codec.h"
#include "container/frame.h"

/* As pith_encoder_create(), for a stream of exactly content_size bytes; UINT64_MAX = not known.  A
 * known size goes into the header of a frame of several chunks. */
pith_status pith_encoder_make(pith_encoder **encoder, const pith_options *options,
                              uint64_t content_size, pith_error *error);

/* A study that goes with the encoding of every chunk, and what is called for each chunk as it leaves, in
 * order, fill chunks as well. */
struct pith_encoder_study {
    struct pith_codec_study codec;
    pith_status (*each)(void *opaque, const struct pith_chunk_header *header, pith_error *error);
    void *opaque;
};

/* Before the first run: all is bytes, in chunks of the chunk length. */
void pith_encoder_ignore_tensors(pith_encoder *encoder);

/* Before the first run, of an encoder with one thread and without verification. */
void pith_encoder_set_study(pith_encoder *encoder, struct pith_encoder_study *study);

#endif

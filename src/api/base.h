/* Base: what pith_options.base is inside. */
#ifndef PITH_API_BASE_H
#define PITH_API_BASE_H

#include "api/head.h"
#include "codec/codec.h"

struct pith_base {
    struct pith_memory memory;
    struct pith_head head;
    struct pith_codec_base codec; /* what codecs are given */
};

/* As codecs see it; NULL for none. */
static inline const struct pith_codec_base *pith_base_codec(const struct pith_base *base)
{
    return base ? &base->codec : NULL;
}

#endif

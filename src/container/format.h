/* Every constant of the container on the wire.  None is ever reused; docs/format.md explains them. */
#ifndef PITH_CONTAINER_FORMAT_H
#define PITH_CONTAINER_FORMAT_H

#include <stdint.h>

/* Magics as little-endian numbers; the first byte on the wire is the lowest.  0xC1 never occurs in
 * UTF-8 and is not ASCII, so no text begins like a pith file; the next byte tells the record. */
#define PITH_MAGIC_FRAME  0x687470c1u /* C1 'p' 't' 'h' */
#define PITH_MAGIC_CHUNK  0x6b6863c1u /* C1 'c' 'h' 'k' */
#define PITH_MAGIC_INDEX  0x786469c1u /* C1 'i' 'd' 'x' */
#define PITH_MAGIC_FOOTER 0x646e65c1u /* C1 'e' 'n' 'd' */

/* Compact frames: their first byte, none of which is in UTF-8 either. */
#define PITH_COMPACT_MODELLED 0xf8u
#define PITH_COMPACT_STORED   0xf9u
#define PITH_COMPACT_HEAD_LEN 4u

#define PITH_FORMAT_VERSION 0u

/* Frame flags. */
#define PITH_FLAG_SINGLE     0x01u /* the compact form: one chunk, one header, no index */
#define PITH_FLAG_LEVEL      0x0eu /* level's low three bits, shifted by PITH_FLAG_LEVEL_SHIFT */
#define PITH_FLAG_SIZED      0x10u /* not single: the header has the content size */
#define PITH_FLAG_LEVEL_HIGH 0x20u /* 8 more; decoders that know no such level know no such flag */
#define PITH_FLAGS_KNOWN \
    (PITH_FLAG_SINGLE | PITH_FLAG_LEVEL | PITH_FLAG_SIZED | PITH_FLAG_LEVEL_HIGH)
#define PITH_FLAG_LEVEL_SHIFT 1

/* Raw bytes of one chunk.  The bound holds what a decoder may be made to allocate for one. */
#define PITH_CHUNK_LEN_MAX ((uint64_t)1 << 30)
#define PITH_CHUNK_LEN_MIN ((uint64_t)1 << 16) /* of the frame header's chunk length */

/* Raw bytes of a fill chunk, which no one has to hold. */
#define PITH_FILL_LEN_MAX ((uint64_t)1 << 40)

/* Positions in a frame are sums of many lengths; keeping them under 2^62 keeps the sums in range. */
#define PITH_CONTENT_LEN_MAX ((uint64_t)1 << 62)

/* Longest header of any kind, and more than enough to tell that one is broken. */
#define PITH_HEADER_MAX 128

#define PITH_FOOTER_LEN 16

#endif

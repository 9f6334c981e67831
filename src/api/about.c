/* What the library says about itself and about archives without touching a chunk. */
#include "api/builtin.h"
#include "api/encode_slot.h"
#include "api/settings.h"
#include "base/checked.h"

#include <string.h>

#define STRING(x)                         #x
#define VERSION_TEXT(major, minor, patch) STRING(major) "." STRING(minor) "." STRING(patch)

const char *pith_version(void)
{
    return VERSION_TEXT(PITH_VERSION_MAJOR, PITH_VERSION_MINOR, PITH_VERSION_PATCH);
}

const char *pith_status_text(pith_status status)
{
    switch (status) {
    case PITH_OK:
        return "ok";
    case PITH_END:
        return "end of stream";
    case PITH_E_ARGUMENT:
        return "invalid argument";
    case PITH_E_MEMORY:
        return "out of memory";
    case PITH_E_MEMORY_LIMIT:
        return "memory limit reached";
    case PITH_E_OUTPUT_FULL:
        return "output buffer too small";
    case PITH_E_FORMAT:
        return "not a pith archive";
    case PITH_E_CORRUPT:
        return "archive is damaged";
    case PITH_E_TRUNCATED:
        return "archive ends too early";
    case PITH_E_UNSUPPORTED:
        return "made by a newer version of pith";
    case PITH_E_CANCELLED:
        return "cancelled";
    case PITH_E_INTERNAL:
        return "internal error";
    case PITH_E_IO:
        return "reading failed";
    case PITH_E_OUTPUT_LIMIT:
        return "output limit reached";
    case PITH_E_PRIOR:
        return "prior needed";
    case PITH_E_BASE:
        return "base needed";
    }
    return "unknown status";
}

/* Raw bytes of the largest chunk; 0 on a bad level or chunk length. */
static uint64_t chunk_len_for(int level, uint64_t chunk_len)
{
    if (level < PITH_LEVEL_MIN || level > PITH_LEVEL_MAX)
        return 0;
    if (chunk_len == 0)
        return pith_level_chunk_len(level);
    return chunk_len < PITH_CHUNK_LEN_MIN || chunk_len > PITH_CHUNK_LEN_MAX ? 0 : chunk_len;
}

uint64_t pith_chunk_len(int level)
{
    return chunk_len_for(level, 0);
}

uint64_t pith_encode_need(int level, uint64_t raw_len, uint64_t chunk_len)
{
    uint64_t most = chunk_len_for(level, chunk_len);
    uint64_t need;

    if (most == 0)
        return 0;
    need = pith_saturated_add(
        PITH_OBJECT_NEED,
        pith_encode_slot_need(level, raw_len < most ? raw_len : most, 1, NULL, 1, 0));
    /* The index: about ten bytes a chunk, three times while its buffer grows. */
    if (raw_len != UINT64_MAX)
        need = pith_saturated_add(need, raw_len / most * 32);
    return need;
}

uint64_t pith_decode_need(int level, uint64_t raw_len, uint64_t chunk_len)
{
    uint64_t most = chunk_len_for(level, chunk_len);
    if (most == 0)
        return 0;
    return pith_saturated_add(
        PITH_OBJECT_NEED, pith_builtin_chunk_need(level, raw_len < most ? raw_len : most, NULL, 1));
}

/* The prior of a frame's first chunk, if that is there. */
static void peek_prior(pith_frame_info *info, const struct pith_frame_header *frame,
                       const uint8_t *src, size_t len)
{
    struct pith_chunk_header first = frame->single;
    const uint8_t *id;

    if (!(frame->flags & PITH_FLAG_SINGLE) &&
        pith_chunk_read(&first, frame, 0, src + frame->len, len - frame->len, frame->len, NULL) !=
            PITH_OK)
        return;
    id = pith_chunk_prior_id(&first.codec);
    info->has_prior = id != NULL;
    info->builtin_prior = pith_chunk_prior_number(&first.codec);
    if (id)
        memcpy(info->prior_id, id, sizeof info->prior_id);
}

pith_status pith_peek(pith_frame_info *info, const void *src, size_t len, pith_error *error)
{
    struct pith_frame_header frame;
    int is_single;

    if (!info || (!src && len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", info ? "src" : "info");
    memset(info, 0, sizeof *info);
    TRY(pith_frame_read(&frame, src, len, 0, 1, error));
    is_single = (frame.flags & PITH_FLAG_SINGLE) != 0;
    info->format_version = (unsigned)frame.version;
    info->level = frame.level;
    info->has_content_size = is_single || (frame.flags & PITH_FLAG_SIZED) != 0;
    info->content_size = info->has_content_size ? frame.content_size : 0;
    info->decode_memory = pith_saturated_add(
        PITH_OBJECT_NEED, is_single ? frame.single.need : pith_memory_decode(frame.memory));
    info->header_len = frame.len;
    peek_prior(info, &frame, src, len);
    return PITH_OK;
}

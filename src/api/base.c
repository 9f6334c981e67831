/* pith_base: see pith.h. */
#include "api/base.h"

#include "api/settings.h"

#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* the state's size: the library allocates nothing for itself */
#include <xxhash.h>

#define BLOCK_LEN ((size_t)1 << 18)

_Static_assert(PITH_BASE_ID_LEN == PITH_CODEC_BASE_ID_LEN, "one id");

/* What identifying takes. */
struct hashing {
    XXH3_state_t state;
    uint8_t block[BLOCK_LEN];
};

static pith_status read_file(void *opaque, void *to, size_t len, uint64_t offset, pith_error *error)
{
    const struct pith_codec_base *codec = opaque;

    if (codec->read_at(codec->opaque, offset, to, len) != 0)
        return pith_fail(error, PITH_E_IO, offset, "cannot read the base");
    return PITH_OK;
}

static pith_status hash_all(struct pith_base *base, struct hashing *hashing,
                            const pith_options *settings, pith_error *error)
{
    struct pith_codec_base *codec = &base->codec;
    XXH128_canonical_t id;

    XXH3_128bits_reset(&hashing->state);
    for (uint64_t at = 0; at < codec->len;) {
        size_t n = codec->len - at < BLOCK_LEN ? (size_t)(codec->len - at) : BLOCK_LEN;

        TRY(read_file(codec, hashing->block, n, at, error));
        XXH3_128bits_update(&hashing->state, hashing->block, n);
        at += n;
        if (settings->progress && settings->progress(settings->progress_opaque, at, 0) != 0)
            return pith_fail(error, PITH_E_CANCELLED, at, "cancelled");
    }
    XXH128_canonicalFromHash(&id, XXH3_128bits_digest(&hashing->state));
    memcpy(codec->id, id.digest, sizeof codec->id);
    return PITH_OK;
}

static pith_status identify(struct pith_base *base, const pith_options *settings, pith_error *error)
{
    pith_status status;
    void *block;

    TRY(pith_memory_take(&base->memory, &block, sizeof(struct hashing), "the base", 0, error));
    status = hash_all(base, block, settings, error);
    pith_memory_give(&base->memory, block);
    return status;
}

static pith_status read_all(struct pith_base *base, const pith_options *settings, pith_error *error)
{
    TRY(pith_head_read(&base->head, base->codec.len, read_file, &base->codec, 1, &base->memory,
                       error));
    pith_tensor_sort_by_name(pith_head_entries(&base->head), base->head.n_entries);
    base->codec.entries = pith_head_entries(&base->head);
    base->codec.n_entries = base->head.n_entries;
    return identify(base, settings, error);
}

pith_status pith_base_open(pith_base **base, pith_read_at_fn read_at, void *opaque, uint64_t len,
                           const pith_options *options, pith_error *error)
{
    struct pith_memory memory;
    struct pith_base *made;
    pith_options settings;
    pith_status status;
    void *block;

    if (base)
        *base = NULL;
    if (!base || !read_at)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", base ? "read_at" : "base");
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &block, sizeof *made, "the base", 0, error));
    made = block;
    memset(made, 0, sizeof *made);
    made->memory = memory;
    made->codec.len = len;
    made->codec.read_at = read_at;
    made->codec.opaque = opaque;
    status = read_all(made, &settings, error);
    if (status != PITH_OK) {
        pith_base_close(made);
        return status;
    }
    *base = made;
    return PITH_OK;
}

void pith_base_id(const pith_base *base, unsigned char id[PITH_BASE_ID_LEN])
{
    memcpy(id, base->codec.id, PITH_BASE_ID_LEN);
}

void pith_base_close(pith_base *base)
{
    struct pith_memory memory;

    if (!base)
        return;
    pith_head_free(&base->head, &base->memory);
    memory = base->memory;
    pith_memory_give(&memory, base);
}

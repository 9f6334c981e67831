/* Fuzz target codec_points: the points codec without container, and the reading of point files' heads.
 *
 * The input's first byte says what it is for.  A payload to decode: two bytes of raw length, one of the level, then the payload.
 * Records, or lines: a level, fields, then bytes that are encoded and decoded again.  A head: it is looked at as far as it wants. */
#include "fuzzing.h"

#include "codec/points/formats.h"
#include "codec/points/points.h"
#include "codec/points/points_kind.h"

#define RAW_MAX 4096

static pith_status decode(struct fuzz_bytes *raw, uint32_t *final_state,
                          const struct pith_codec_packed *packed, struct fuzz_bytes payload)
{
    const struct pith_codec_hooks hooks = {.points = NULL};
    pith_error error = {.status = PITH_OK};
    uint64_t need;
    pith_status status =
        pith_codec_points.decode_need(&need, packed->params, packed->params_len, raw->len, &error);
    void *memory;

    FUZZ_CHECK(status == PITH_OK);
    memory = fuzz_arena(need);
    status = pith_codec_points.decode(final_state, raw->data, raw->len, packed->params,
                                      packed->params_len, payload.data, payload.len, memory, &hooks,
                                      &error);
    fuzz_check_error(status, &error);
    FUZZ_CHECK(status == PITH_OK || error.position <= payload.len);
    free(memory);
    return status;
}

/* As a listing does, with shares and bounds or without. */
static void try_kind(const struct pith_codec_packed *packed, struct fuzz_bytes payload,
                     size_t raw_len)
{
    uint8_t params[5] = {packed->params[0], payload.len > 0 ? payload.data[0] : 0, 1, 2, 0xfd};
    struct pith_points_kind kind;

    (void)pith_points_kind_read(&kind, packed->params, packed->params_len, payload.data,
                                payload.len, raw_len, NULL);
    (void)pith_points_kind_read(&kind, params, sizeof params, payload.data, payload.len, raw_len,
                                NULL);
}

static void try_payload(struct fuzz_input *input)
{
    struct fuzz_bytes raw = {NULL, 1 + (size_t)fuzz_number(input, 2) % RAW_MAX, 0}, payload;
    struct pith_codec_packed packed;
    uint32_t final_state;

    pith_codec_points.plan(&packed, fuzz_level(fuzz_byte(input)), raw.len, NULL, NULL);
    raw.data = fuzz_memory(raw.len);
    payload = fuzz_copy(input->data, input->left);
    try_kind(&packed, payload, raw.len);
    (void)decode(&raw, &final_state, &packed, payload);
    free(payload.data);
    free(raw.data);
}

static void try_records(struct fuzz_input *input)
{
    struct pith_codec_packed packed;
    struct pith_points_layout layout = {.n_fields = 0};
    const struct pith_codec_hooks hooks = {.points = &layout};
    int level = fuzz_level(fuzz_byte(input));
    uint8_t shape = fuzz_byte(input);
    uint32_t n_fields = 1 + shape % 12u, final_state;
    struct fuzz_bytes raw, back, payload;
    void *memory;

    layout.is_text = shape >= 128;
    for (uint32_t k = 0; k < n_fields; k++) {
        uint8_t choice = fuzz_byte(input);

        (void)pith_points_add(&layout, (enum pith_point_type)(choice % PITH_POINT_DECIMAL),
                              (enum pith_point_role)(choice / 16 % PITH_POINT_ROLES));
    }
    raw = fuzz_copy(input->data, input->left < RAW_MAX ? input->left : RAW_MAX);
    if (raw.len > 0) {
        back = (struct fuzz_bytes){fuzz_memory(raw.len), raw.len, 0};
        payload = (struct fuzz_bytes){fuzz_memory(3 * raw.len + 8192), 3 * raw.len + 8192, 0};
        memory = fuzz_arena(pith_codec_points.encode_need(level, raw.len, 0));
        pith_codec_points.plan(&packed, level, raw.len, NULL, NULL);
        FUZZ_CHECK(pith_codec_points.encode(&packed, payload.data, payload.len, raw.data, raw.len,
                                            memory, &hooks, NULL) == PITH_OK);
        free(memory);
        payload.len = packed.payload_len;
        FUZZ_CHECK(decode(&back, &final_state, &packed, payload) == PITH_OK);
        FUZZ_CHECK(fuzz_is_same(raw, back) && final_state == packed.final_state);
        free(back.data);
        free(payload.data);
    }
    free(raw.data);
}

static void try_head(struct fuzz_input *input)
{
    struct pith_points_file file;
    uint64_t need = 12, more;

    while (need <= input->left) {
        struct fuzz_bytes head = fuzz_copy(input->data, (size_t)need);
        int is = pith_points_find_file(&file, head.data, head.len, &more);

        free(head.data);
        if (is && more <= need)
            FUZZ_CHECK(file.layout.n_fields <= PITH_POINT_FIELDS_MAX);
        if (!is || more <= need)
            return;
        need = more;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};

    switch (fuzz_byte(&input) % 3) {
    case 0:
        try_payload(&input);
        break;
    case 1:
        try_records(&input);
        break;
    default:
        try_head(&input);
    }
    return 0;
}

/* Fuzz target codec_tensor: the tensor codec without container, and the reading of tensor files' heads.
 *
 * The input's first byte says what it is for.  A payload to decode: two bytes of raw length, one of the level, then the payload.
 * Elements: a level, a layout, then bytes that are encoded and decoded again.  Either may have a base.  A head: what it lists is held to its
 * promises, and split into chunks. */
#include "fuzzing.h"

#include "codec/tensor/split.h"
#include "codec/tensor/tensor.h"

#define RAW_MAX 2048

static struct pith_tensor_run runs[PITH_TENSOR_RUNS_MAX];

static const struct pith_tensor_record record = {
    14, 4, {{PITH_TENSOR_F16, 1}, {PITH_TENSOR_U8, 6}, {PITH_TENSOR_F32, 1}, {PITH_TENSOR_I8, 2}}};

static int read_base(void *opaque, uint64_t offset, void *buffer, size_t len)
{
    (void)opaque;
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)buffer)[i] = (uint8_t)((offset + i) * (offset + i) >> 3);
    return 0;
}

static const struct pith_codec_base base = {.len = 5000, .read_at = read_base};

static pith_status decode(struct fuzz_bytes *raw, uint32_t *final_state,
                          const struct pith_codec_packed *packed, struct fuzz_bytes payload)
{
    const struct pith_codec_hooks hooks = {.base = &base};
    const uint8_t *params = packed->params;
    pith_error error = {.status = PITH_OK};
    uint64_t need;
    pith_status status =
        pith_codec_tensor.decode_need(&need, params, packed->params_len, raw->len, &error);
    void *memory;

    fuzz_check_error(status, &error);
    if (status != PITH_OK)
        return status;
    memory = fuzz_arena(need);
    status = pith_codec_tensor.decode(final_state, raw->data, raw->len, params, packed->params_len,
                                      payload.data, payload.len, memory, &hooks, &error);
    fuzz_check_error(status, &error);
    FUZZ_CHECK(status == PITH_OK || error.position <= payload.len);
    free(memory);
    return status;
}

static void try_payload(struct fuzz_input *input)
{
    struct fuzz_bytes raw = {NULL, 1 + (size_t)fuzz_number(input, 2) % RAW_MAX, 0}, payload;
    const uint8_t choice = fuzz_byte(input);
    struct pith_codec_packed packed;
    uint32_t final_state;

    pith_codec_tensor.plan(&packed, fuzz_level(choice), raw.len, NULL, choice & 4 ? &base : NULL);
    raw.data = fuzz_memory(raw.len);
    payload = fuzz_copy(input->data, input->left);
    (void)decode(&raw, &final_state, &packed, payload);
    free(payload.data);
    free(raw.data);
}

static void take_layout(struct pith_tensor_layout *layout, struct fuzz_input *input)
{
    uint32_t n = fuzz_byte(input) % 16;

    for (layout->n_runs = 0; layout->n_runs < n; layout->n_runs++) {
        struct pith_tensor_run *run = &runs[layout->n_runs];
        uint8_t choice = fuzz_byte(input);

        run->type = choice % PITH_TENSOR_PLAIN_TYPES;
        run->has_base = (uint8_t)(layout->has_base && choice >= 128);
        run->base_at = choice;
        for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
            run->dims[k] = 1 + fuzz_byte(input) % 16u;
        run->record = NULL;
        if (run->type == PITH_TENSOR_U8 && choice & 64) {
            run->dims[PITH_TENSOR_RUN_DIMS - 1] = record.len;
            run->record = &record;
        }
    }
}

static void try_elements(struct fuzz_input *input)
{
    struct pith_codec_packed packed = {.params_len = 0};
    const uint8_t choice = fuzz_byte(input);
    const struct pith_codec_base *with = choice & 4 ? &base : NULL;
    struct pith_tensor_layout layout = {.runs = runs, .has_base = with != NULL};
    struct pith_codec_hooks hooks = {.layout = &layout, .base = with};
    int level = fuzz_level(choice);
    struct fuzz_bytes raw, back, payload;
    uint32_t final_state;
    void *memory;

    take_layout(&layout, input);
    raw = fuzz_copy(input->data, input->left < RAW_MAX ? input->left : RAW_MAX);
    back = (struct fuzz_bytes){fuzz_memory(raw.len), raw.len, 0};
    payload = (struct fuzz_bytes){fuzz_memory(2 * raw.len + 8192), 2 * raw.len + 8192, 0};
    if (raw.len > 0) {
        memory = fuzz_arena(pith_codec_tensor.encode_need(level, raw.len, with != NULL));
        pith_codec_tensor.plan(&packed, level, raw.len, NULL, with);
        FUZZ_CHECK(pith_codec_tensor.encode(&packed, payload.data, payload.len, raw.data, raw.len,
                                            memory, &hooks, NULL) == PITH_OK);
        free(memory);
        payload.len = packed.payload_len;
        FUZZ_CHECK(decode(&back, &final_state, &packed, payload) == PITH_OK);
        FUZZ_CHECK(fuzz_is_same(raw, back) && final_state == packed.final_state);
    }
    free(raw.data);
    free(back.data);
    free(payload.data);
}

/* Entries stand one after the other, of the lengths that they state. */
static void check_list(const struct pith_tensor_entry *entries, size_t n, size_t head_len)
{
    uint64_t end = head_len;

    for (size_t i = 0; i < n; i++) {
        const struct pith_tensor_entry *entry = &entries[i];
        uint64_t len = pith_tensor_forms[entry->type].width;

        for (uint32_t k = 0; k < PITH_TENSOR_RUN_DIMS; k++)
            len *= entry->dims[k];
        FUZZ_CHECK(entry->start >= end && entry->len > 0 && entry->len == len);
        end = entry->start + entry->len;
    }
}

/* Chunks hold what they say, and no more than the length allows. */
static void check_split(struct fuzz_bytes head, uint64_t chunk_len)
{
    struct pith_tensor_layout layout = {.runs = runs};
    struct pith_memory memory;
    struct pith_split split;

    pith_memory_init(&memory, NULL, 0);
    pith_split_init(&split, chunk_len, chunk_len, NULL);
    for (uint32_t i = 0; i < 100 && split.state != PITH_SPLIT_BYTES; i++) {
        uint64_t limit = split.limit, sum = 0;
        int ends = 0;

        if (split.state == PITH_SPLIT_TENSORS) {
            FUZZ_CHECK(limit > 0 && limit <= chunk_len);
            pith_split_end(&split, &layout, (size_t)limit);
            for (uint32_t r = 0; r < layout.n_runs; r++)
                sum += pith_tensor_run_len(&layout.runs[r]);
            FUZZ_CHECK(sum == limit);
        } else if (limit > head.len) {
            break;
        } else {
            FUZZ_CHECK(pith_split_ends(&split, &ends, head.data, (size_t)limit, &memory, NULL) ==
                       PITH_OK);
            if (ends)
                pith_split_end(&split, &layout, (size_t)limit);
        }
    }
    pith_split_free(&split, &memory);
    FUZZ_CHECK(memory.used == 0);
}

static void try_head(struct fuzz_input *input)
{
    uint64_t chunk_len = 65536 + fuzz_number(input, 2), need;
    int has_length = fuzz_byte(input) & 1; /* a right one is put in front */
    struct fuzz_bytes head = {NULL, 8u * (size_t)has_length + input->left, 0};
    struct pith_tensor_entry *entries;
    enum pith_tensor_format format;
    size_t n;

    head.data = fuzz_memory(head.len);
    for (size_t i = 0; has_length && i < 8; i++)
        head.data[i] = (uint8_t)((uint64_t)input->left >> (8 * i));
    if (input->left > 0)
        memcpy(head.data + head.len - input->left, input->data, input->left);
    format = pith_tensor_find_head(head.data, head.len, &need);
    if (format != PITH_TENSOR_NO_FORMAT && need <= head.len) {
        n = pith_tensor_list(NULL, 0, format, head.data, (size_t)need, 0);
        entries = fuzz_memory(n * sizeof *entries);
        check_list(entries, pith_tensor_list(entries, n, format, head.data, (size_t)need, 0),
                   (size_t)need);
        free(entries);
        check_split(head, chunk_len);
    }
    free(head.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t choice = fuzz_byte(&input) % 3;

    if (choice == 0)
        try_payload(&input);
    else if (choice == 1)
        try_elements(&input);
    else
        try_head(&input);
    return 0;
}

/* The golden archives that need a prior: how each is made and what must become of it.
 *
 * The prior is a file among them.  It was made once and stays: better priors of the same samples may come, but
 * this one is to be read for ever.  make.c makes another only if the file is not there. */
#ifndef TESTS_GOLDEN_PRIMED_H
#define TESTS_GOLDEN_PRIMED_H

#include "golden/golden.h"

#define PRIMED_LEVEL     2
#define PRIMED_SAMPLES   40
#define PRIMED_PRIOR     "prior-json"
#define PRIMED_PRIOR_CAP ((size_t)64 << 10)

enum primed_form { PRIMED_ONE_CALL, PRIMED_STREAM, PRIMED_MESSAGE, PRIMED_DAMAGED_PRIOR };

enum primed_fault { PRIMED_SOUND, PRIMED_OTHER_ID, PRIMED_OTHER_LEVEL, PRIMED_FLIP, PRIMED_CUT };

static const struct primed {
    const char *name; /* of the file, without ".pith" */
    pith_status expected;
    enum primed_form form;
    int kind; /* of the data, see data.h */
    size_t len;
    enum primed_fault fault;
} primed_goldens[] = {
    {"primed-single", PITH_OK, PRIMED_ONE_CALL, JSON, 901, PRIMED_SOUND},
    {"primed-single-text", PITH_OK, PRIMED_ONE_CALL, OPEN_TEXT, 600, PRIMED_SOUND},
    {"primed-full", PITH_OK, PRIMED_STREAM, JSON, CHUNK_LEN + 900, PRIMED_SOUND},
    {"primed-other-id", PITH_E_PRIOR, PRIMED_ONE_CALL, JSON, 901, PRIMED_OTHER_ID},
    {"primed-other-level", PITH_E_CORRUPT, PRIMED_ONE_CALL, JSON, 901, PRIMED_OTHER_LEVEL},
    {"primed-payload-flip", PITH_E_CORRUPT, PRIMED_ONE_CALL, JSON, 901, PRIMED_FLIP},
    {"prior-damaged", PITH_E_CORRUPT, PRIMED_DAMAGED_PRIOR, JSON, 0, PRIMED_FLIP},
    {"prior-cut", PITH_E_TRUNCATED, PRIMED_DAMAGED_PRIOR, JSON, 0, PRIMED_CUT},
    {"message-json", PITH_OK, PRIMED_MESSAGE, JSON, 350, PRIMED_SOUND},
    {"message-text", PITH_OK, PRIMED_MESSAGE, OPEN_TEXT, 200, PRIMED_SOUND},
    {"message-stored", PITH_OK, PRIMED_MESSAGE, RANDOM, 30, PRIMED_SOUND},
    {"message-empty", PITH_OK, PRIMED_MESSAGE, TEXT, 0, PRIMED_SOUND},
    {"message-other-id", PITH_E_PRIOR, PRIMED_MESSAGE, JSON, 350, PRIMED_OTHER_ID},
    {"message-flip", PITH_E_CORRUPT, PRIMED_MESSAGE, JSON, 350, PRIMED_FLIP},
    {"message-cut", PITH_E_TRUNCATED, PRIMED_MESSAGE, JSON, 350, PRIMED_CUT},
};

static inline struct bytes make_primed_prior(void)
{
    struct bytes prior = {get_memory(PRIMED_PRIOR_CAP), 0}, data[PRIMED_SAMPLES];
    pith_options options = make_options(PRIMED_LEVEL, 0, 1);
    pith_sample samples[PRIMED_SAMPLES];
    pith_error error = {.status = PITH_OK};
    pith_status status;

    for (size_t i = 0; i < PRIMED_SAMPLES; i++) {
        data[i] = golden_data(JSON, 200 + 7 * i);
        samples[i] = (pith_sample){data[i].data, data[i].len};
    }
    status = pith_prior_train(prior.data, PRIMED_PRIOR_CAP, &prior.len, samples, PRIMED_SAMPLES,
                              &options, NULL, &error);
    CHECK(status == PITH_OK, "%d %s", status, error.text);
    for (size_t i = 0; i < PRIMED_SAMPLES; i++)
        free(data[i].data);
    return prior;
}

static inline pith_prior *open_primed_prior(struct bytes bytes)
{
    pith_prior *prior;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_prior_open(&prior, bytes.data, bytes.len, NULL, &error);

    CHECK(status == PITH_OK, "%s: %d %s", PRIMED_PRIOR, status, error.text);
    return prior;
}

static inline pith_message_coder *make_primed_coder(const pith_prior *prior)
{
    pith_options options = {.struct_size = sizeof options, .prior = prior};
    pith_message_coder *coder;

    assert_int_equal(pith_message_coder_create(&coder, 1000, &options, NULL), PITH_OK);
    return coder;
}

static inline struct bytes make_primed_message(struct bytes raw, const pith_prior *prior)
{
    struct bytes packed = {get_memory(pith_message_bound(raw.len)), 0};
    pith_message_coder *coder = make_primed_coder(prior);
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_message_pack(coder, packed.data, pith_message_bound(raw.len),
                                           &packed.len, raw.data, raw.len, &error);

    CHECK(status == PITH_OK, "%d %s", status, error.text);
    pith_message_coder_destroy(coder);
    return packed;
}

/* Writes the header of the single form anew, with one parameter changed and every check right. */
static inline void forge_primed_header(struct bytes *packed, struct bytes raw,
                                       enum primed_fault fault)
{
    struct pith_frame_header frame;
    struct bytes forged = {NULL, 0};

    assert_int_equal(pith_frame_read(&frame, packed->data, packed->len, 0, 1, NULL), PITH_OK);
    if (fault == PRIMED_OTHER_ID)
        frame.single.codec.params[1] ^= 1;
    else
        frame.single.codec.params[0]++;
    pith_chunk_write(&frame.single, XXH3_64bits(raw.data, raw.len));
    append(&forged, frame.single.bytes, frame.single.len);
    append(&forged, packed->data + frame.len, packed->len - frame.len);
    free(packed->data);
    *packed = forged;
}

static inline struct bytes make_primed(const struct primed *golden, struct bytes prior_bytes,
                                       const pith_prior *prior)
{
    struct bytes raw = golden_data(golden->kind, golden->len), packed = {NULL, 0};
    pith_options options = make_options(PRIMED_LEVEL, CHUNK_LEN, 1);

    options.prior = prior;
    if (golden->form == PRIMED_MESSAGE)
        packed = make_primed_message(raw, prior);
    else if (golden->form == PRIMED_DAMAGED_PRIOR)
        append(&packed, prior_bytes.data, prior_bytes.len);
    else if (golden->form == PRIMED_ONE_CALL)
        packed = compress(raw, &options);
    else
        packed = stream_compress(raw, &options, (struct steps){SIZE_MAX, SIZE_MAX});
    if (golden->fault == PRIMED_FLIP)
        packed.data[packed.len - 9] ^= 1;
    else if (golden->fault == PRIMED_CUT)
        packed.len = golden->form == PRIMED_MESSAGE ? 3 : 1000;
    else if (golden->fault != PRIMED_SOUND && golden->form == PRIMED_MESSAGE)
        packed.data[1] ^= 1;
    else if (golden->fault != PRIMED_SOUND)
        forge_primed_header(&packed, raw, golden->fault);
    free(raw.data);
    return packed;
}

#endif

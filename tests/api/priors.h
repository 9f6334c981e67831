/* What the tests of priors in the public interface share: messages, and priors made of some. */
#ifndef TESTS_API_PRIORS_H
#define TESTS_API_PRIORS_H

#include "api/archive.h"

#define PRIOR_CAP ((size_t)64 << 10)

/* A message of about 130 bytes: the same number always gives the same. */
static inline struct bytes make_message(uint64_t number)
{
    static const char *const names[] = {"ada", "grace", "edsger", "barbara", "donald", "alan"};
    uint64_t random = test_seed() ^ number << 20;
    struct bytes message = {get_memory(200), 0};
    unsigned id = (unsigned)(next_random(&random) % 100000);
    int n = snprintf((char *)message.data, 200,
                     "{\"id\": %u, \"user\": \"%s\", \"active\": %s, \"score\": %u.%u, "
                     "\"tags\": [\"new\", \"%s\"], \"link\": \"https://example.org/%u\"}\n",
                     id, names[next_random(&random) % 6], number % 3 ? "true" : "false",
                     (unsigned)(next_random(&random) % 100), id % 10, names[number % 6], id / 7);

    assert_true(n > 0 && n < 200);
    message.len = (size_t)n;
    return message;
}

/* Messages one after the other, len bytes. */
static inline struct bytes make_messages(size_t len, uint64_t first)
{
    struct bytes all = {NULL, 0};

    append(&all, NULL, 0);
    while (all.len < len) {
        struct bytes message = make_message(first++);

        append(&all, message.data, message.len < len - all.len ? message.len : len - all.len);
        free(message.data);
    }
    return all;
}

/* Trains on n messages from `first` on. */
static inline struct bytes train_prior(int level, uint64_t first, size_t n)
{
    struct bytes prior = {get_memory(PRIOR_CAP), 0}, *messages = get_memory(n * sizeof *messages);
    pith_sample *samples = get_memory(n * sizeof *samples);
    pith_options options = make_options(level, 0, 1);
    pith_error error = {.status = PITH_OK};
    pith_prior_info info;
    pith_status status;

    for (size_t i = 0; i < n; i++) {
        messages[i] = make_message(first + i);
        samples[i] = (pith_sample){messages[i].data, messages[i].len};
    }
    status =
        pith_prior_train(prior.data, PRIOR_CAP, &prior.len, samples, n, &options, &info, &error);
    CHECK(status == PITH_OK, "%d %s", status, error.text);
    assert_true(info.level == level && info.samples == n && info.packed_len == prior.len);
    for (size_t i = 0; i < n; i++)
        free(messages[i].data);
    free(messages);
    free(samples);
    return prior;
}

static inline pith_prior *open_prior(struct bytes bytes)
{
    pith_prior *prior;
    pith_error error = {.status = PITH_OK};
    pith_status status = pith_prior_open(&prior, bytes.data, bytes.len, NULL, &error);

    CHECK(status == PITH_OK, "%d %s", status, error.text);
    return prior;
}

/* Decodes at once, with what options say. */
static inline pith_status decompress_with(struct bytes *raw, size_t cap, struct bytes packed,
                                          const pith_options *options, pith_error *error)
{
    raw->data = get_memory(cap);
    raw->len = 0;
    return pith_decompress(raw->data, cap, &raw->len, packed.data, packed.len, options, error);
}

#endif

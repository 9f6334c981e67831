/* Priors: the public side of prior/. */
#include "api/settings.h"
#include "base/memory.h"
#include "prior/prior.h"
#include "prior/train.h"

#include <string.h>

pith_status pith_prior_peek(pith_prior_info *info, const void *data, size_t len, pith_error *error)
{
    struct pith_prior_head head;

    if (!info || (!data && len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", info ? "data" : "info");
    TRY(pith_prior_head_read(&head, data, len, error));
    *info = head.info;
    return PITH_OK;
}

pith_status pith_prior_open(pith_prior **prior, const void *data, size_t len,
                            const pith_options *options, pith_error *error)
{
    pith_options settings;
    struct pith_memory memory;
    void *object;
    pith_status status;

    if (prior)
        *prior = NULL;
    if (!prior || (!data && len > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL", prior ? "data" : "prior");
    TRY(pith_settings_take(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    TRY(pith_memory_take(&memory, &object, sizeof **prior, "a prior", 0, error));
    *prior = object;
    memset(*prior, 0, sizeof **prior);
    (*prior)->memory = memory;
    status = pith_prior_read(*prior, data, len, error);
    if (status != PITH_OK) {
        pith_prior_close(*prior);
        *prior = NULL;
    }
    return status;
}

void pith_prior_describe(const pith_prior *prior, pith_prior_info *info)
{
    *info = prior->info;
}

void pith_prior_close(pith_prior *prior)
{
    struct pith_memory memory;

    if (!prior)
        return;
    memory = prior->memory;
    pith_memory_give(&memory, prior->block);
    pith_memory_give(&memory, prior);
}

static pith_status check_training(const void *dst, size_t dst_cap, const size_t *dst_len,
                                  const pith_sample *samples, size_t n_samples, pith_error *error)
{
    if (!dst || !dst_len || (!samples && n_samples > 0))
        return pith_fail(error, PITH_E_ARGUMENT, 0, "%s is NULL",
                         !dst       ? "dst"
                         : !dst_len ? "dst_len"
                                    : "samples");
    for (size_t i = 0; i < n_samples; i++)
        if (!samples[i].data && samples[i].len > 0)
            return pith_fail(error, PITH_E_ARGUMENT, 0, "sample %zu is NULL", i);
    if (dst_cap < PITH_PRIOR_LEN_MIN)
        return pith_fail(error, PITH_E_ARGUMENT, 0, "a prior has %zu bytes at least, not %zu",
                         PITH_PRIOR_LEN_MIN, dst_cap);
    return PITH_OK;
}

pith_status pith_prior_train(void *dst, size_t dst_cap, size_t *dst_len, const pith_sample *samples,
                             size_t n_samples, const pith_options *options, pith_prior_info *info,
                             pith_error *error)
{
    pith_options settings;
    struct pith_memory memory;
    struct pith_trainer trainer;

    TRY(check_training(dst, dst_cap, dst_len, samples, n_samples, error));
    *dst_len = 0;
    TRY(pith_settings_take_encoding(&settings, options, error));
    pith_memory_init(&memory, settings.allocator, settings.memory_limit);
    trainer =
        (struct pith_trainer){settings.level, &memory, settings.progress, settings.progress_opaque};
    TRY(pith_train(&trainer, dst, dst_cap, dst_len, samples, n_samples, error));
    return info ? pith_prior_peek(info, dst, *dst_len, error) : PITH_OK;
}

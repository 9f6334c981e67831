/* See about_prior.h. */
#include "about_prior.h"
#include "message.h"
#include "number.h"

#include <inttypes.h>

const char *about_prior_id(char text[ABOUT_ID_CAP], const unsigned char id[PITH_PRIOR_ID_LEN])
{
    for (size_t i = 0; i < PITH_PRIOR_ID_LEN; i++)
        snprintf(text + 2 * i, 3, "%02x", id[i]);
    return text;
}

const char *about_prior_gain(char text[ABOUT_GAIN_CAP], const pith_prior_info *info)
{
    double len = (double)info->held_out_len;
    char size[NUMBER_TEXT_CAP];

    if (info->held_out_len == 0)
        snprintf(text, ABOUT_GAIN_CAP,
                 "what it gains is not known: too few samples to keep some aside");
    else
        snprintf(text, ABOUT_GAIN_CAP,
                 "samples kept aside, %s: to %.1f %% without it, to %.1f %% with it",
                 number_size_text(size, info->held_out_len),
                 100 * (double)info->held_out_plain / len,
                 100 * (double)info->held_out_packed / len);
    return text;
}

static const char *size_text(char text[NUMBER_TEXT_CAP], uint64_t len, bool is_exact)
{
    if (!is_exact)
        return number_size_text(text, len);
    snprintf(text, NUMBER_TEXT_CAP, "%" PRIu64 " bytes", len);
    return text;
}

void about_prior_print(const pith_prior_info *info, const char *label, bool is_exact)
{
    char sizes[3][NUMBER_TEXT_CAP], id[ABOUT_ID_CAP], gain[ABOUT_GAIN_CAP];

    message_print_masked(stdout, label);
    printf("\n  prior for level %d, %s, id %s, %s of memory once opened\n", info->level,
           size_text(sizes[0], info->packed_len, is_exact), about_prior_id(id, info->id),
           size_text(sizes[1], info->memory, is_exact));
    printf("  knows %" PRIu64 " contexts, of %" PRIu64 " samples with %s\n", info->contexts,
           info->samples, size_text(sizes[2], info->samples_len, is_exact));
    printf("  %s\n", about_prior_gain(gain, info));
    if (is_exact && info->held_out_len > 0)
        printf("  that is %" PRIu64 " bytes, %" PRIu64 " without it, %" PRIu64
               " with it, headers left out\n",
               info->held_out_len, info->held_out_plain, info->held_out_packed);
}

void about_prior_write(struct json *json, const pith_prior_info *info)
{
    char id[ABOUT_ID_CAP];

    json_text(json, "id", about_prior_id(id, info->id));
    json_uint(json, "level", (uint64_t)info->level);
    json_uint(json, "prior_bytes", info->packed_len);
    json_uint(json, "memory_bytes", info->memory);
    json_uint(json, "contexts", info->contexts);
    json_uint(json, "samples", info->samples);
    json_uint(json, "sample_bytes", info->samples_len);
    json_uint(json, "held_out_bytes", info->held_out_len);
    json_uint(json, "held_out_plain_bytes", info->held_out_plain);
    json_uint(json, "held_out_packed_bytes", info->held_out_packed);
}

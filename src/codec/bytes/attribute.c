/* See attribute.h. */
#include "codec/bytes/attribute.h"

#include "codec/bytes/branch.h"

#define STORED_COST (8 * 256)

static const char *name_of(const struct pith_segment *segment)
{
    static const char *const names[PITH_SEGMENT_TYPES] = {
        [PITH_KIND_TEXT] = "text",        [PITH_KIND_MARKUP] = "markup",
        [PITH_KIND_RECORDS] = "records",  [PITH_KIND_X86] = "x86",
        [PITH_SEGMENT_STORED] = "stored", [PITH_SEGMENT_FILL] = "fill",
    };

    return names[pith_segment_type(segment)];
}

void pith_attribution_init(struct pith_attribution *attribution, struct pith_codec_study *study,
                           struct pith_text_words *words, const struct pith_segment *segments,
                           size_t n_segments)
{
    uint16_t *to = study->costs;

    *attribution = (struct pith_attribution){.study = study, .words = words};
    study->n_parts = n_segments;
    for (size_t i = 0; i < n_segments; i++) {
        uint16_t cost = segments[i].tag == PITH_SEGMENT_STORED ? STORED_COST : 0;

        study->parts[i].raw_len = segments[i].raw_len;
        study->parts[i].kind = name_of(&segments[i]);
        for (uint32_t b = 0; b < segments[i].raw_len; b++)
            *to++ = cost;
    }
}

void pith_attribution_begin(struct pith_attribution *attribution,
                            const struct pith_segment *segment, const uint8_t *stream,
                            size_t raw_at)
{
    attribution->segment = segment;
    attribution->at = stream;
    attribution->end = stream + segment->model_len;
    attribution->to = attribution->study->costs + raw_at;
    attribution->n_left = 0;
}

/* Model bytes of the element at `at`; n_raw is set to how many it gives. */
static size_t measure(struct pith_attribution *attribution)
{
    size_t left = (size_t)(attribution->end - attribution->at);
    uint32_t type = pith_segment_type(attribution->segment);

    attribution->n_raw = 1;
    if (!(attribution->segment->tag & PITH_SEGMENT_TRANSFORMED))
        return 1;
    if (type != PITH_KIND_X86)
        return pith_text_measure(attribution->at, left, &attribution->n_raw, attribution->words);
    attribution->n_raw = pith_branch_len(attribution->at, left);
    return attribution->n_raw;
}

static void share_out(struct pith_attribution *attribution, uint64_t cost)
{
    size_t n = attribution->n_raw;

    for (size_t i = 0; i < n; i++) {
        uint64_t part = cost * (i + 1) / n - cost * i / n + attribution->rest, rounded = part >> 8;

        rounded = rounded < UINT16_MAX ? rounded : UINT16_MAX;
        attribution->rest = part - (rounded << 8);
        *attribution->to++ = (uint16_t)rounded;
    }
}

void pith_attribution_byte(struct pith_attribution *attribution)
{
    if (attribution->n_left == 0) {
        attribution->n_left = measure(attribution);
        attribution->at += attribution->n_left;
        attribution->element = 0;
    }
    attribution->element += attribution->study->model.cost;
    attribution->study->model.cost = 0;
    if (--attribution->n_left > 0)
        return;
    if (attribution->n_raw == 0) {
        attribution->flag += attribution->element;
    } else if (attribution->flag > 0 && attribution->at[-1] == ' ') {
        share_out(attribution, attribution->element); /* flags stand before the space */
    } else {
        share_out(attribution, attribution->element + attribution->flag);
        attribution->flag = 0;
    }
}

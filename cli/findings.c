/* See findings.h. */
#include "posix.h"

#include "findings.h"
#include "progress.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum class {
    CLASS_LOWER,
    CLASS_UPPER,
    CLASS_DIGIT,
    CLASS_SPACE,
    CLASS_NEWLINE,
    CLASS_PUNCTUATION,
    CLASS_ZERO,
    CLASS_CONTROL,
    CLASS_UTF8,
    CLASS_HIGH
};

static const char *const class_names[N_CLASSES] = {
    [CLASS_LOWER] = "lower-case letters",
    [CLASS_UPPER] = "upper-case letters",
    [CLASS_DIGIT] = "digits",
    [CLASS_SPACE] = "spaces",
    [CLASS_NEWLINE] = "line ends",
    [CLASS_PUNCTUATION] = "punctuation",
    [CLASS_ZERO] = "zero bytes",
    [CLASS_CONTROL] = "other controls",
    [CLASS_UTF8] = "UTF-8 characters",
    [CLASS_HIGH] = "other high bytes",
};

const char *const findings_heat_names[N_HEATS] = {"< 1/8", "1/8", "1/4", "1/2",
                                                  "1",     "2",   "4",   "8 +"};

unsigned findings_heat(uint64_t cost, uint64_t bytes)
{
    unsigned heat = 0;

    while (heat < N_HEATS - 1 && cost >= bytes << (5 + heat))
        heat++;
    return heat;
}

static enum class class_of(unsigned char byte) {
    if (byte >= 'a' && byte <= 'z') return CLASS_LOWER;
    if (byte >= 'A' && byte <= 'Z') return CLASS_UPPER;
    if (byte >= '0' && byte <= '9') return CLASS_DIGIT;
    if (byte == ' ') return CLASS_SPACE;
    if (byte == '\n' || byte == '\r') return CLASS_NEWLINE;
    if (byte == 0) return CLASS_ZERO;
    if (byte < 0x20 || byte == 0x7f) return CLASS_CONTROL;
    return byte < 0x80 ? CLASS_PUNCTUATION : CLASS_HIGH;
}

/* A character may go over the end of a span: what it is made of is looked up in the whole. */
static enum class class_at(struct findings *findings, size_t at) {
    enum class class = class_of(findings->data[at]); uint32_t value;

    if (class != CLASS_HIGH) return class;
    if (at >= findings->character_end)
        findings->character_end = at + utf8_take(&value, findings->data + at, findings->len - at);
    return at < findings->character_end ? CLASS_UTF8 : CLASS_HIGH;
}

static struct finding *kind_of(struct findings *findings, const char *name)
{
    unsigned k = 0;

    while (k < findings->n_kinds && strcmp(findings->kinds[k].name, name) != 0)
        k++;
    if (k == findings->n_kinds && k < N_KINDS)
        findings->kinds[findings->n_kinds++].name = name;
    return &findings->kinds[k < N_KINDS ? k : N_KINDS - 1];
}

static void add(struct finding *to, uint64_t cost)
{
    to->bytes++;
    to->cost += cost;
}

/* pith_span_fn. */
static int take_span(void *opaque, const pith_span *span)
{
    struct findings *findings = opaque;
    struct finding *kind = kind_of(findings, span->kind);
    bool is_text = strcmp(span->kind, "text") == 0 || strcmp(span->kind, "markup") == 0;

    kind->parts++;
    for (size_t i = 0; i < span->len; i++) {
        size_t at = (size_t)span->raw_offset + i;

        add(kind, span->costs[i]);
        add(&findings->classes[class_at(findings, at)], span->costs[i]);
        add(&findings->along[(uint64_t)at * findings->n_along / findings->len], span->costs[i]);
        if (at < findings->map_len) {
            findings->costs[at] = span->costs[i];
            findings->map_text_len += is_text;
        }
    }
    return 0;
}

/* The strongest first. */
static void order_components(struct findings *findings)
{
    const pith_component_share *shares = findings->sum.shares;

    for (unsigned n = 0; pith_component_at(n) != NULL; n++) {
        unsigned at = findings->n_order;

        if (shares[n].pushed == 0)
            continue;
        findings->pushed += (double)shares[n].pushed;
        for (; at > 0 && shares[findings->order[at - 1]].pushed < shares[n].pushed; at--)
            findings->order[at] = findings->order[at - 1];
        findings->order[at] = n;
        findings->n_order++;
    }
}

enum code findings_make(struct findings *findings, const struct settings *settings,
                        const struct whole *whole, size_t map_len)
{
    pith_error error = {.status = PITH_OK};
    struct progress progress;
    pith_options options;

    *findings = (struct findings){.label = whole->source.label,
                                  .data = whole->data,
                                  .len = whole->len,
                                  .sum = {.struct_size = sizeof findings->sum},
                                  .n_along = whole->len < N_ALONG ? (unsigned)whole->len : N_ALONG,
                                  .map_len = map_len < whole->len ? map_len : whole->len};
    for (unsigned i = 0; i < N_CLASSES; i++)
        findings->classes[i].name = class_names[i];
    findings->costs = calloc(findings->map_len + 1, sizeof *findings->costs);
    if (findings->costs == NULL)
        return message_errno(findings->label, NULL, ENOMEM);
    progress_begin(&progress, settings, findings->label, findings->len, false);
    progress_options(&options, settings, &progress);
    error.status = pith_explain(&findings->sum, whole->data, whole->len, 0, take_span, findings,
                                &options, &error);
    progress_end(&progress, findings->len, findings->sum.packed_len, false, NULL);
    if (error.status != PITH_OK) {
        findings_free(findings);
        return message_library(findings->label, &error, 0);
    }
    order_components(findings);
    return CODE_DONE;
}

void findings_free(struct findings *findings)
{
    free(findings->costs);
    findings->costs = NULL;
}

uint64_t findings_overhead(const struct findings *findings)
{
    uint64_t all = findings->sum.packed_len * 8 * 256;

    return all > findings->sum.cost ? all - findings->sum.cost : 0;
}

size_t findings_character(const struct findings *findings, size_t at, uint64_t *cost, char text[5])
{
    uint32_t value;
    size_t len = utf8_take(&value, findings->data + at, findings->map_len - at);
    bool is_shown = len > 0 && utf8_is_shown(value);

    if (len == 0)
        len = 1;
    *cost = 0;
    for (size_t i = 0; i < len; i++)
        *cost += findings->costs[at + i];
    memset(text, 0, 5);
    if (is_shown)
        memcpy(text, findings->data + at, len);
    else
        text[0] = findings->data[at] != 0 && strchr("\t\r\n", findings->data[at]) ? ' ' : '.';
    return len;
}
